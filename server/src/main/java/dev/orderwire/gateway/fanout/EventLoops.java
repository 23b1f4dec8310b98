package dev.orderwire.gateway.fanout;

import dev.orderwire.auth.Visitor;
import dev.orderwire.feed.Catalog;
import dev.orderwire.feed.Feed;
import dev.orderwire.gateway.match.FrameCache;
import dev.orderwire.gateway.match.MatchedUpTo;
import dev.orderwire.gateway.match.Matcher;
import dev.orderwire.gateway.match.ViewFrames;
import dev.orderwire.gateway.protocol.CloseReason;
import dev.orderwire.gateway.protocol.Form;
import dev.orderwire.gateway.protocol.GatewayOptions;
import dev.orderwire.gateway.protocol.Traffic;
import dev.orderwire.presence.Presence;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongPredicate;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The event loops of the gateway, with the context of each. Safe for any number of threads. */
public final class EventLoops {
  private static final Logger LOG = LoggerFactory.getLogger(EventLoops.class);

  private final Map<EventExecutor, LoopContext> contexts = new LinkedHashMap<>();
  private final Matcher<ViewSubscriptions> matcher;
  private final FrameCache<ViewSubscriptions> frames;
  private final GatewayOptions options;
  private final Traffic traffic;
  private final Census census;

  /**
   * @param changesAudiences whether a moment of the feed changes what some client may see
   * @param rounds is told of the rounds of all event loops
   * @param fallback takes over subscriptions that the feed can no longer serve
   * @param presence is told of each connection
   */
  public EventLoops(
      EventLoopGroup loops,
      Feed feed,
      Catalog catalog,
      LongPredicate changesAudiences,
      GatewayOptions options,
      Traffic traffic,
      Rounds rounds,
      Fallback fallback,
      Presence presence) {
    this.census = new Census(presence, feed);
    this.options = options;
    this.traffic = traffic;
    this.matcher = new Matcher<>(feed, changesAudiences);
    this.frames = new FrameCache<>(feed, catalog, matcher, options);
    for (EventExecutor each : loops) {
      EventLoop loop = (EventLoop) each;
      contexts.put(
          loop,
          new LoopContext(
              new Pump(loop, feed, matcher, frames, traffic, fallback, rounds, this::sweep),
              new Heartbeats(loop, options.heartbeat()),
              census,
              new AtomicBoolean()));
    }
  }

  /**
   * Creates the connection of a channel that belongs to one of these event loops.
   *
   * @param explicit whether the client subscribes by messages, and not by its URL
   * @param visitor who the client is; null if it has not said so yet
   * @param address of the client; null if its proxy does not tell it
   */
  public Connection connection(
      Channel channel,
      Form form,
      boolean explicit,
      @Nullable Visitor visitor,
      @Nullable InetAddress address) {
    LoopContext context = contexts.get(channel.eventLoop());
    if (context == null) {
      throw new IllegalStateException("not a channel of this gateway: " + channel);
    }
    return new Connection(channel, form, explicit, visitor, address, context, options, traffic);
  }

  /** Matches the new moments of the feed, and wakes the event loops. On the thread of the tail. */
  public void onAppend() {
    Map<Pump, List<ViewSubscriptions>> concerned = new HashMap<>();
    for (ViewFrames<ViewSubscriptions> view : matcher.matchNew()) {
      for (ViewSubscriptions subscriptions : view.watchers()) {
        concerned.computeIfAbsent(subscriptions.pump(), _ -> new ArrayList<>()).add(subscriptions);
      }
    }
    MatchedUpTo upTo = matcher.matchedUpTo();
    for (LoopContext context : contexts.values()) {
      context.pump().matched(upTo, concerned.getOrDefault(context.pump(), List.of()));
    }
  }

  /** Calls {@link Pump#passing} on each event loop. */
  public List<CompletableFuture<Void>> passing(long cursor) {
    return contexts.values().stream().map(context -> context.pump().passing(cursor)).toList();
  }

  /**
   * Counts the live subscriptions to a table, by what they have to do with a change. For any
   * thread.
   *
   * @param clients whose subscriptions to count
   * @return one future for each event loop; never completed, if the event loop hangs
   * @throws RejectedExecutionException if the gateway has closed
   */
  public List<CompletableFuture<Map<Watching, Integer>>> watching(
      Predicate<Visitor> clients, String table, long change) {
    List<CompletableFuture<Map<Watching, Integer>>> counted = new ArrayList<>();
    contexts.forEach((loop, context) ->
        counted.add(
            CompletableFuture.supplyAsync(
                () -> Watching.count(context.heartbeats().connections(), clients, table, change),
                loop)));
    return counted;
  }

  private void sweep() {
    long all = Pump.NO_SUBSCRIPTIONS;
    for (LoopContext context : contexts.values()) {
      all = Math.min(all, context.pump().passed());
    }
    frames.passed(all);
  }

  /** Closes the connections of clients that are revoked. */
  public void closeRevoked() {
    contexts.forEach((loop, context) -> {
      if (context.revoking().compareAndSet(false, true)) {
        execute(
            loop,
            () -> {
              context.revoking().set(false);
              context.heartbeats().connections().forEach(Connection::closeIfRevoked);
            });
      }
    });
  }

  private static void execute(EventExecutor loop, Runnable task) {
    try {
      loop.execute(task);
    } catch (RejectedExecutionException e) {
      LOG.debug("Dropped a task: the gateway has closed", e);
    }
  }

  /** How many connections are open. */
  public int connections() {
    return census.open();
  }

  /**
   * The connections with some property, looked for a few at a time, so that no event loop is held
   * up. Waits for the event loops.
   *
   * @param which called on the connection's event loop
   * @param longest how long to wait; connections of a loop that hangs are missing
   */
  public List<Connection> find(Predicate<Connection> which, Duration longest)
      throws InterruptedException {
    long deadline = System.nanoTime() + longest.toNanos();
    List<Connection> found = new ArrayList<>();
    for (int turn = 0; turn < Heartbeats.TURNS; turn++) {
      int current = turn;
      List<Future<List<Connection>>> asked = new ArrayList<>();
      contexts.forEach((loop, context) ->
          asked.add(
              loop.submit(() ->
                  context.heartbeats().connections(current).stream().filter(which).toList())));
      gather(asked, deadline, found);
    }
    return found;
  }

  private static void gather(
      List<Future<List<Connection>>> asked, long deadline, List<Connection> into)
      throws InterruptedException {
    for (Future<List<Connection>> each : asked) {
      if (each.await(deadline - System.nanoTime(), TimeUnit.NANOSECONDS) && each.isSuccess()) {
        into.addAll(each.getNow());
      }
    }
  }

  /**
   * The connections whose clients have not been asked to leave.
   *
   * @param longest how long to wait for the event loops; those of a loop that hangs are missing
   */
  public List<Connection> staying(Duration longest) throws InterruptedException {
    long deadline = System.nanoTime() + longest.toNanos();
    List<Future<List<Connection>>> asked = new ArrayList<>();
    contexts.forEach((loop, context) ->
        asked.add(
            loop.submit(() ->
                context.heartbeats().connections().stream()
                    .filter(Connection::isStaying)
                    .toList())));
    List<Connection> staying = new ArrayList<>();
    gather(asked, deadline, staying);
    return staying;
  }

  /** Asks a client to reconnect to another server after so many milliseconds. */
  public void askToLeave(Connection connection, long afterMillis) {
    connection.channel().eventLoop().execute(new Departure(connection, afterMillis));
  }

  /** Closes every connection. */
  public void closeAll(CloseReason reason) {
    contexts.forEach((loop, context) ->
        loop.execute(() -> context.heartbeats().connections().forEach(each -> each.close(reason))));
  }
}
