package dev.orderwire.gateway;

import dev.orderwire.feed.Feed;
import dev.orderwire.gateway.Watchers.Step;
import dev.orderwire.view.View;
import io.netty.channel.EventLoop;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What brings the feed to the connections of one event loop: one task, however much is new, that
 * goes over all live subscriptions and flushes each connection once. A connection that takes
 * nothing is passed over, and served as soon as it takes something again. Lives on the event loop,
 * except where it says so.
 */
final class Pump {
  /** Who takes on the subscriptions that the feed can no longer serve. On the event loop. */
  interface Leavers {
    /** The feed no longer reaches back to it. */
    void behind(Subscription subscription);

    /** Its table is to be read anew. */
    void reset(Subscription subscription);
  }

  /** Where no live subscription is to be waited for. */
  static final long NOBODY = Long.MAX_VALUE;

  private static final Logger LOG = LoggerFactory.getLogger(Pump.class);

  private final EventLoop loop;
  private final Feed feed;
  private final Frames frames;
  private final Traffic traffic;
  private final Leavers leavers;
  private final Runnable sweep;

  private final AtomicBoolean woken = new AtomicBoolean();
  private final Map<View, Watchers> watched = new LinkedHashMap<>();
  private final ArrayDeque<Connection> soon = new ArrayDeque<>();
  private final List<Subscription> behind = new ArrayList<>();
  private final List<Subscription> reset = new ArrayList<>();
  private final List<Connection> unflushed = new ArrayList<>();
  private final List<Instant> written = new ArrayList<>();
  private final List<Passing> passings = new ArrayList<>();
  private long deliveries;
  private long bytes;

  private volatile long passed = NOBODY;

  /**
   * @param sweep is called when {@link #passed} has changed
   */
  Pump(EventLoop loop, Feed feed, Frames frames, Traffic traffic, Leavers leavers, Runnable sweep) {
    this.loop = loop;
    this.feed = feed;
    this.frames = frames;
    this.traffic = traffic;
    this.leavers = leavers;
    this.sweep = sweep;
  }

  /** The cursor that all here have passed, or are too slow for. For any thread. */
  long passed() {
    return passed;
  }

  /** Something is new. For any thread. */
  void wake() {
    if (passed != NOBODY && woken.compareAndSet(false, true)) {
      execute(this::serveAll);
    }
  }

  private void execute(Runnable task) {
    try {
      loop.execute(task);
    } catch (RejectedExecutionException e) {
      LOG.debug("Something is new, and the gateway has closed", e);
    }
  }

  /** Who waits for a cursor to be passed. */
  private record Passing(long cursor, CompletableFuture<Void> passed) {}

  /**
   * Completed by the event loop once all here have passed the cursor. It wakes nobody: where a wake
   * was lost, that is to show. For any thread.
   */
  CompletableFuture<Void> passing(long cursor) {
    CompletableFuture<Void> future = new CompletableFuture<>();
    execute(() -> {
      passings.add(new Passing(cursor, future));
      answer();
    });
    return future;
  }

  private void answer() {
    passings.removeIf(passing -> {
      boolean done = passed >= passing.cursor();
      if (done) {
        passing.passed().complete(null);
      }
      return done;
    });
  }

  /** Serves a subscription that has begun to follow the feed from now on. */
  void join(Subscription subscription) {
    Watchers watchers =
        watched.computeIfAbsent(
            subscription.view(), view -> new Watchers(frames.watch(view), this::given));
    watchers.roster().add(subscription);
    if (passed == NOBODY) {
      passed = subscription.cursor();
      // What was appended while nobody was here has woken nobody.
      wake();
    }
    serve(subscription.connection());
  }

  void leave(Subscription subscription) {
    Watchers watchers = watched.get(subscription.view());
    if (watchers == null) {
      throw new IllegalStateException("nobody here watches " + subscription.view());
    }
    watchers.roster().remove(subscription);
    if (watchers.roster().isEmpty()) {
      watched.remove(subscription.view());
      frames.leave(watchers.frames());
      if (watched.isEmpty()) {
        pass(NOBODY);
      }
    }
  }

  /** Serves a connection once what is under way is done. */
  void serveSoon(Connection connection) {
    soon.add(connection);
    if (soon.size() == 1) {
      loop.execute(this::serveThose);
    }
  }

  private void serveThose() {
    for (int left = soon.size(); left > 0; left--) {
      Connection connection = soon.remove();
      try {
        serve(connection);
      } catch (RuntimeException e) {
        LOG.error("A connection gets no further and is closed", e);
        connection.close(CloseReason.INTERNAL_ERROR);
      }
    }
    if (!soon.isEmpty()) {
      loop.execute(this::serveThose);
    }
  }

  private void serve(Connection connection) {
    long end = feed.end().cursor();
    for (Subscription subscription : connection.subscriptions()) {
      Watchers watchers = watched.get(subscription.view());
      if (watchers != null && subscription.isLive()) {
        try {
          serve(watchers, subscription, end);
        } finally {
          watchers.letGo();
        }
      }
    }
    connection.flush();
    afterwards();
  }

  private void serve(Watchers watchers, Subscription subscription, long end) {
    Step step;
    do {
      step = watchers.step(subscription, end);
    } while (step == Step.ON);
    switch (step) {
      case BEHIND -> leaves(subscription, behind);
      case RESET -> leaves(subscription, reset);
      case ON, REST -> {}
    }
  }

  private void serveAll() {
    // Before the feed is asked: what is appended from here on wakes again.
    woken.set(false);
    long end = feed.end().cursor();
    List<Watchers> failed = new ArrayList<>();
    for (Watchers watchers : watched.values()) {
      try {
        serveAll(watchers, end);
      } catch (RuntimeException e) {
        LOG.error("The watchers of a view get no further and are closed", e);
        failed.add(watchers);
      } finally {
        watchers.letGo();
      }
    }
    unflushed.forEach(Connection::flush);
    unflushed.clear();
    failed.forEach(Pump::closeAll);
    afterwards();
    if (passed != NOBODY) {
      pass(end);
    }
  }

  /** One message each at a time, so that those at the same cursor come one after the other. */
  private void serveAll(Watchers watchers, long end) {
    Roster<Subscription> roster = watchers.roster();
    boolean more;
    do {
      more = false;
      for (int i = 0; i < roster.size(); i++) {
        Subscription subscription = roster.get(i);
        switch (watchers.step(subscription, end)) {
          case ON -> {
            more |= subscription.cursor() < end;
            flushOnce(subscription.connection());
          }
          case BEHIND -> leaves(subscription, behind);
          case RESET -> leaves(subscription, reset);
          case REST -> {}
        }
      }
    } while (more);
  }

  /** A stretch is written here for the first time; its delay counts where it is news. */
  private void given(Stretch stretch) {
    if (stretch.from() >= passed) {
      written.addAll(stretch.times());
    }
  }

  private static void leaves(Subscription subscription, List<Subscription> leavers) {
    subscription.catchUp();
    leavers.add(subscription);
  }

  private void flushOnce(Connection connection) {
    if (connection.subscriptions().size() == 1) {
      connection.flush();
    } else {
      unflushed.add(connection);
    }
  }

  private static void closeAll(Watchers watchers) {
    watchers
        .roster()
        .copy()
        .forEach(subscription -> subscription.connection().close(CloseReason.INTERNAL_ERROR));
  }

  /** What must not happen while the watchers are gone through, and the counting. */
  private void afterwards() {
    leave(behind, leavers::behind);
    leave(reset, leavers::reset);
    traffic.delivered(deliveries);
    deliveries = 0;
    traffic.sent(bytes);
    bytes = 0;
    written.forEach(traffic::written);
    written.clear();
  }

  private void leave(List<Subscription> leaving, Consumer<Subscription> to) {
    List<Subscription> left = List.copyOf(leaving);
    leaving.clear();
    for (Subscription subscription : left) {
      leave(subscription);
      to.accept(subscription);
    }
  }

  private void pass(long cursor) {
    passed = cursor;
    answer();
    sweep.run();
  }

  void delivered(int changes) {
    deliveries += changes;
  }

  void sent(int sent) {
    bytes += sent;
  }
}
