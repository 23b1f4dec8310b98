package dev.orderwire.gateway.fanout;

import dev.orderwire.feed.Feed;
import dev.orderwire.gateway.fanout.ViewSubscriptions.Step;
import dev.orderwire.gateway.match.Batch;
import dev.orderwire.gateway.match.FrameCache;
import dev.orderwire.gateway.match.MatchedUpTo;
import dev.orderwire.gateway.match.Matcher;
import dev.orderwire.gateway.match.PacedView;
import dev.orderwire.gateway.protocol.Traffic;
import io.netty.channel.EventLoop;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What brings the feed to the connections of one event loop: one task, however much is new, that
 * goes over the live subscriptions of the views concerned and flushes each connection once. A
 * connection that takes nothing is passed over, and served as soon as it takes something again.
 * Whoever watches a view that nothing new concerns is not touched: that it has seen all this is
 * what {@link #passed} says. Lives on the event loop, except where it says so.
 */
public final class Pump {
  /** Who takes on the subscriptions that the feed can no longer serve. On the event loop. */
  public interface Fallback {
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
  private final Matcher<ViewSubscriptions> matcher;
  private final FrameCache<ViewSubscriptions> frames;
  private final DeliveryCounters outgoing;
  private final Fallback leavers;
  private final Runnable sweep;

  private final AtomicBoolean woken = new AtomicBoolean();
  private final Map<PacedView, ViewSubscriptions> watched = new HashMap<>();
  private final PendingMatches news;

  /** Those of whom some wait for the end of a moment. */
  private final Set<ViewSubscriptions> midMoment = new LinkedHashSet<>();

  private final WritableQueue takers;
  private final List<Subscription> behind = new ArrayList<>();
  private final List<Subscription> reset = new ArrayList<>();
  private final List<Connection> unflushed = new ArrayList<>();
  private final CursorWaits passings = new CursorWaits();
  private final RoundPacer pacer;
  private int subscriptions;

  /** Up to where everybody who does not lag has been given what there was. */
  private Feed.Place place;

  private volatile long passed = NOBODY;

  /**
   * @param sweep is called when {@link #passed} has changed
   */
  public Pump(
      EventLoop loop,
      Feed feed,
      Matcher<ViewSubscriptions> matcher,
      FrameCache<ViewSubscriptions> frames,
      Traffic traffic,
      Fallback leavers,
      Runnable sweep) {
    this.loop = loop;
    this.feed = feed;
    this.matcher = matcher;
    this.frames = frames;
    this.news = new PendingMatches(matcher.known());
    this.place = matcher.known().place();
    this.outgoing = new DeliveryCounters(traffic);
    this.pacer = new RoundPacer(loop.ticker());
    this.takers = new WritableQueue(loop, this::serve);
    this.leavers = leavers;
    this.sweep = sweep;
  }

  /** The cursor that all here have passed, or are too slow for. For any thread. */
  long passed() {
    return passed;
  }

  /** What is given out here counts there. On the event loop. */
  DeliveryCounters outgoing() {
    return outgoing;
  }

  /** How rounds follow each other here, and who waits to be caught up meanwhile. */
  public RoundPacer pacer() {
    return pacer;
  }

  /** The cursor that all here have passed, with its position. */
  Feed.Place place() {
    return place;
  }

  /**
   * Something is new. For one thread at a time.
   *
   * @param upTo up to where it is known what that is
   * @param concerned those here whom it concerns
   */
  void news(MatchedUpTo upTo, List<ViewSubscriptions> concerned) {
    news.add(upTo, concerned);
    wake();
  }

  private void wake() {
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

  /**
   * Completed by the event loop once all here have passed the cursor. It wakes nobody: where a wake
   * was lost, that is to show. For any thread.
   */
  CompletableFuture<Void> passing(long cursor) {
    CompletableFuture<Void> future = new CompletableFuture<>();
    execute(() -> {
      passings.add(cursor, future);
      passings.passed(passed);
    });
    return future;
  }

  /** Serves a subscription that has begun to follow the feed from now on. */
  public void join(Subscription subscription) {
    if (passed == NOBODY) {
      place = matcher.known().place();
      passed = place.cursor();
      // What was appended while nobody was here has woken nobody.
      wake();
    }
    ViewSubscriptions watchers =
        watched.computeIfAbsent(
            subscription.watch(), watch -> new ViewSubscriptions(this, watch, frames, this::given));
    // One for all, in place of its own.
    subscription.renew(watchers.frames().view());
    watchers.add(subscription);
    subscriptions++;
    serve(watchers, subscription);
    subscription.connection().flush();
    flushAll();
    afterwards();
  }

  void leave(Subscription subscription) {
    ViewSubscriptions watchers = subscription.watchers();
    if (watchers == null) {
      throw new IllegalStateException("nobody here watches " + subscription.view());
    }
    watchers.remove(subscription);
    subscriptions--;
    if (watchers.roster().isEmpty()) {
      watched.remove(watchers.frames().watch());
      midMoment.remove(watchers);
      frames.leave(watchers.frames(), watchers);
      if (watched.isEmpty()) {
        pass(NOBODY);
      }
    }
  }

  /** Serves a connection once what is under way is done. */
  void serveSoon(Connection connection) {
    takers.add(connection);
  }

  private void serve(Connection connection) {
    for (Subscription subscription : connection.subscriptions()) {
      ViewSubscriptions watchers = subscription.watchers();
      if (watchers != null && subscription.isLive()) {
        serve(watchers, subscription);
      }
    }
    connection.flush();
    flushAll();
    afterwards();
  }

  private void serve(ViewSubscriptions watchers, Subscription subscription) {
    try {
      if (watchers.isAtOnce()) {
        serveAtOnce(watchers, subscription);
      } else {
        serveAtPace(watchers);
      }
    } finally {
      watchers.letGo();
    }
  }

  private void serveAtOnce(ViewSubscriptions watchers, Subscription subscription) {
    // Not up to where it is known: what was being looked at when a view began to be watched is not
    // known of it.
    long end = feed.end().cursor();
    Step step;
    do {
      step = watchers.step(subscription, end, place);
    } while (step == Step.ON);
    if (subscription.isMidMoment()) {
      midMoment.add(watchers);
    }
    switch (step) {
      case BEHIND -> leaves(subscription, behind);
      case RESET -> leaves(subscription, reset);
      case ON, REST -> {}
    }
  }

  /** A round, once it is time for one; what comes until then wakes nobody again. */
  private void serveAll() {
    long rest = pacer.left();
    if (rest > 0) {
      Sockets.later(loop, this::serveAll, rest);
      return;
    }
    long from = passed;
    pacer.beginRound();
    serveNews();
    if (passed != NOBODY && passed > from) {
      pacer.endRound(passed - from, subscriptions);
    }
  }

  private void serveNews() {
    // Before the news are taken: what comes from here on wakes again.
    woken.set(false);
    PendingMatches.Taken taken = news.take();
    MatchedUpTo upTo = taken.upTo();
    Set<ViewSubscriptions> concerned = taken.concerned();
    concerned.addAll(midMoment);
    List<ViewSubscriptions> failed = new ArrayList<>();
    for (ViewSubscriptions watchers : concerned) {
      try {
        if (watchers.isAtOnce()) {
          serveAll(watchers, upTo.cursor());
        } else {
          serveAtPace(watchers);
        }
      } catch (RuntimeException | OutOfMemoryError e) {
        LOG.error("The watchers of a view get no further and are closed", e);
        failed.add(watchers);
      } finally {
        watchers.letGo();
      }
    }
    flushAll();
    failed.forEach(ViewSubscriptions::closeAll);
    afterwards();
    if (passed != NOBODY && upTo.cursor() > passed) {
      place = upTo.place();
      pass(place.cursor());
    }
  }

  /** Now, or when it is time. */
  private void serveAtPace(ViewSubscriptions watchers) {
    long wait = watchers.pause(place);
    if (wait > 0) {
      Sockets.later(loop, () -> servePaused(watchers), wait);
    } else if (wait == 0) {
      serveNow(watchers);
    }
  }

  private void serveNow(ViewSubscriptions watchers) {
    watchers.goOn();
    serveAll(watchers, feed.end().cursor());
  }

  private void servePaused(ViewSubscriptions watchers) {
    try {
      serveNow(watchers);
    } catch (RuntimeException | OutOfMemoryError e) {
      LOG.error("The watchers of a view get no further and are closed", e);
      watchers.closeAll();
    } finally {
      watchers.letGo();
    }
    flushAll();
    afterwards();
  }

  private void flushAll() {
    unflushed.forEach(Connection::flush);
    unflushed.clear();
  }

  /** One message each at a time, so that those at the same cursor come one after the other. */
  private void serveAll(ViewSubscriptions watchers, long end) {
    // Also where the feed's moment is whole: who has seen parts of later ones waits for those too.
    boolean waits = midMoment.contains(watchers);
    IndexedList<Subscription> roster = watchers.roster();
    if (watchers.isAtOnce()) {
      watchers.giveShortly(end, place);
    }
    boolean more;
    do {
      more = false;
      // From the last one on: who leaves on the way makes nobody be passed over.
      for (int i = roster.size() - 1; i >= 0; i = Math.min(i, roster.size()) - 1) {
        if (watchers.isOnShortWay(i)) {
          continue;
        }
        Subscription subscription = roster.get(i);
        switch (watchers.step(subscription, end, place)) {
          case ON -> {
            more |= subscription.cursor() < end;
            waits |= subscription.isMidMoment();
            flushOnce(subscription.connection());
            watchers.toShortWay(i, place);
          }
          case BEHIND -> leaves(subscription, behind);
          case RESET -> leaves(subscription, reset);
          case REST -> {}
        }
      }
    } while (more);
    if (waits) {
      if (watchers.isMidMoment()) {
        midMoment.add(watchers);
      } else {
        midMoment.remove(watchers);
      }
    }
  }

  /** A stretch is written here for the first time; its delay counts where it is news. */
  private void given(Batch stretch) {
    if (stretch.from() >= passed) {
      outgoing.written(stretch.times());
    }
  }

  private static void leaves(Subscription subscription, List<Subscription> leavers) {
    subscription.catchUp();
    leavers.add(subscription);
  }

  private void flushOnce(Connection connection) {
    if (connection.isSingle()) {
      connection.flush();
    } else {
      unflushed.add(connection);
    }
  }

  /** What must not happen while the watchers are gone through, and the counting. */
  private void afterwards() {
    leave(behind, leavers::behind);
    leave(reset, leavers::reset);
    outgoing.tell();
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
    passings.passed(cursor);
    sweep.run();
  }
}
