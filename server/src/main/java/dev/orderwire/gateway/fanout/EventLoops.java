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
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.util.concurrent.EventExecutor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** The event loops of the gateway, with the context of each. Safe for any number of threads. */
public final class EventLoops {
  private final Map<EventExecutor, LoopContext> contexts = new LinkedHashMap<>();
  private final Matcher<ViewSubscriptions> matcher;
  private final FrameCache<ViewSubscriptions> frames;
  private final GatewayOptions options;
  private final Traffic traffic;

  /**
   * @param fallback takes over subscriptions that the feed can no longer serve
   */
  public EventLoops(
      EventLoopGroup loops,
      Feed feed,
      Catalog catalog,
      GatewayOptions options,
      Traffic traffic,
      Pump.Fallback fallback) {
    this.options = options;
    this.traffic = traffic;
    this.matcher = new Matcher<>(feed);
    this.frames = new FrameCache<>(feed, catalog, matcher, options);
    for (EventExecutor each : loops) {
      EventLoop loop = (EventLoop) each;
      contexts.put(
          loop,
          new LoopContext(
              new Pump(loop, feed, matcher, frames, traffic, fallback, this::sweep),
              new Heartbeats(loop, options.heartbeat())));
    }
  }

  /**
   * Creates the connection of a channel that belongs to one of these event loops.
   *
   * @param explicit whether the client subscribes by messages, and not by its URL
   * @param visitor who the client is; null if it has not said so yet
   */
  public Connection connection(
      Channel channel, Form form, boolean explicit, @Nullable Visitor visitor) {
    LoopContext context = contexts.get(channel.eventLoop());
    if (context == null) {
      throw new IllegalStateException("not a channel of this gateway: " + channel);
    }
    return new Connection(channel, form, explicit, visitor, context, options, traffic);
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

  private void sweep() {
    long all = Pump.NO_SUBSCRIPTIONS;
    for (LoopContext context : contexts.values()) {
      all = Math.min(all, context.pump().passed());
    }
    frames.passed(all);
  }

  /** Closes every connection. */
  public void closeAll(CloseReason reason) {
    contexts.forEach((loop, context) ->
        loop.execute(() -> context.heartbeats().connections().forEach(each -> each.close(reason))));
  }
}
