package dev.orderwire.gateway.fanout;

import dev.orderwire.feed.Feed;
import dev.orderwire.gateway.fanout.ViewSubscriptions.Step;
import dev.orderwire.gateway.match.Batch;
import dev.orderwire.gateway.match.FrameCache;
import dev.orderwire.gateway.match.MatchedUpTo;
import dev.orderwire.gateway.match.Matcher;
import dev.orderwire.gateway.match.PacedView;
import dev.orderwire.gateway.protocol.Pace;
import dev.orderwire.gateway.protocol.Traffic;
import dev.orderwire.view.View;
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
 * Sends the changes of the feed to the connections of one event loop. However many moments arrive,
 * one task serves the subscriptions of the matched views, and flushes each connection once. It
 * skips a connection that is not writable, and serves it when it becomes writable. It does not
 * touch the subscriptions of other views: {@link #passed} advances for all of them. For the event
 * loop, except where noted.
 */
public final class Pump {
  /** The value of {@link #passed} if there are no live subscriptions. */
  static final long NO_SUBSCRIPTIONS = Long.MAX_VALUE;

  private static final Logger LOG = LoggerFactory.getLogger(Pump.class);

  private final EventLoop loop;
  private final Feed feed;
  private final Matcher<ViewSubscriptions> matcher;
  private final FrameCache<ViewSubscriptions> frames;
  private final DeliveryCounters counters;
  private final Handover handover;
  private final Runnable onPassed;
  private final Rounds rounds;

  private final AtomicBoolean woken = new AtomicBoolean();
  private final Map<PacedView, ViewSubscriptions> views = new HashMap<>();
  private final PendingMatches matches;

  /** The views with a subscription that waits for the rest of a moment. */
  private final Set<ViewSubscriptions> midMoment = new LinkedHashSet<>();

  private final WritableQueue writable;
  private final List<Connection> unflushed = new ArrayList<>();
  private final CursorWaits waits = new CursorWaits();
  private final RoundPacer pacer;
  private int subscriptions;

  /** The place that all subscriptions have reached, except lagging ones. */
  private Feed.Place place;

  private volatile long passed = NO_SUBSCRIPTIONS;

  /**
   * @param rounds is told of each round
   * @param onPassed called after each change of {@link #passed}
   */
  Pump(
      EventLoop loop,
      Feed feed,
      Matcher<ViewSubscriptions> matcher,
      FrameCache<ViewSubscriptions> frames,
      Traffic traffic,
      Fallback fallback,
      Rounds rounds,
      Runnable onPassed) {
    this.loop = loop;
    this.feed = feed;
    this.matcher = matcher;
    this.frames = frames;
    this.matches = new PendingMatches(matcher.matchedUpTo());
    this.place = matcher.matchedUpTo().place();
    this.counters = new DeliveryCounters(traffic);
    this.pacer = new RoundPacer(loop.ticker());
    this.writable = new WritableQueue(loop, this::serve);
    this.handover = new Handover(fallback);
    this.rounds = rounds;
    this.onPassed = onPassed;
  }

  /** The cursor that all subscriptions have passed, except lagging ones. For any thread. */
  long passed() {
    return passed;
  }

  DeliveryCounters counters() {
    return counters;
  }

  public RoundPacer pacer() {
    return pacer;
  }

  /** The cursor {@link #passed}, with its position. */
  public Feed.Place place() {
    return place;
  }

  /**
   * Schedules a round for newly matched moments. For one thread at a time.
   *
   * @param upTo the end of these moments
   * @param concerned the views of this event loop that match
   */
  void matched(MatchedUpTo upTo, List<ViewSubscriptions> concerned) {
    matches.add(upTo, concerned);
    wake();
  }

  private void wake() {
    if (passed != NO_SUBSCRIPTIONS && woken.compareAndSet(false, true)) {
      rounds.due();
      execute(this::round);
    }
  }

  private void execute(Runnable task) {
    try {
      loop.execute(task);
    } catch (RejectedExecutionException e) {
      LOG.debug("Dropped a task: the gateway has closed", e);
    }
  }

  /**
   * Returns a future that completes on the event loop when all subscriptions have passed the
   * cursor, except lagging ones. This does not wake the pump, so that a lost wake-up can be
   * detected. For any thread.
   */
  CompletableFuture<Void> passing(long cursor) {
    CompletableFuture<Void> future = new CompletableFuture<>();
    execute(() -> {
      waits.add(cursor, future);
      waits.passed(passed);
    });
    return future;
  }

  /** Whether a view is watched already, or fewer than {@code most} are. For any thread. */
  public boolean hasRoomFor(View view, Pace pace, long most) {
    return frames.hasRoomFor(new PacedView(view, pace), most);
  }

  /** Adds a subscription that follows the feed, and serves it. */
  public void join(Subscription subscription) {
    if (passed == NO_SUBSCRIPTIONS) {
      place = matcher.matchedUpTo().place();
      passed = place.cursor();
      // Moments that were matched before this line did not wake the pump.
      wake();
    }
    ViewSubscriptions view =
        views.computeIfAbsent(
            subscription.pacedView(),
            paced -> new ViewSubscriptions(this, paced, frames, this::countWritten));
    // Equal views share one instance.
    subscription.share(view.frames().view());
    view.add(subscription);
    subscriptions++;
    serve(view, subscription);
    subscription.connection().flush();
    finish();
  }

  void leave(Subscription subscription) {
    ViewSubscriptions view = subscription.group();
    if (view == null) {
      throw new IllegalStateException("not a live subscription: " + subscription.view());
    }
    view.remove(subscription);
    subscriptions--;
    if (view.isEmpty()) {
      views.remove(view.frames().pacedView());
      midMoment.remove(view);
      frames.leave(view.frames(), view);
      if (views.isEmpty()) {
        pass(NO_SUBSCRIPTIONS);
      }
    }
  }

  /** Serves a connection after the current task. */
  void serveSoon(Connection connection) {
    writable.add(connection);
  }

  private void serve(Connection connection) {
    for (Subscription subscription : connection.subscriptions()) {
      ViewSubscriptions view = subscription.group();
      if (view != null && subscription.isLive()) {
        serve(view, subscription);
      }
    }
    connection.flush();
    finish();
  }

  private void serve(ViewSubscriptions view, Subscription subscription) {
    try {
      if (view.isAtOnce()) {
        serveAtOnce(view, subscription);
      } else {
        serveAtPace(view);
      }
    } finally {
      view.release();
    }
  }

  private void serveAtOnce(ViewSubscriptions view, Subscription subscription) {
    // To the end of the feed: the matcher may have missed the view in moments that it was matching
    // while the view joined.
    long end = feed.end().cursor();
    Step step;
    do {
      step = view.step(subscription, end);
    } while (step == Step.ADVANCED);
    if (subscription.isMidMoment()) {
      midMoment.add(view);
    }
    handover.addIfNeeded(subscription, step);
  }

  /** Serves the matched views. Too early for a round, it waits, and no other wake-up starts one. */
  private void round() {
    long wait = pacer.left();
    if (wait > 0) {
      var _ = Sockets.later(loop, this::round, wait);
      return;
    }
    long from = passed;
    pacer.beginRound();
    try {
      serveMatches();
    } finally {
      rounds.done();
    }
    if (passed != NO_SUBSCRIPTIONS && passed > from) {
      pacer.endRound(passed - from, subscriptions);
    }
  }

  private void serveMatches() {
    // Reset this first: later matches must wake the pump again.
    woken.set(false);
    PendingMatches.Taken taken = matches.take();
    Set<ViewSubscriptions> concerned = taken.concerned();
    concerned.addAll(midMoment);
    List<ViewSubscriptions> failed = new ArrayList<>();
    for (ViewSubscriptions view : concerned) {
      serveOrFail(view, failed, () -> serveAll(view, taken.upTo().cursor()));
    }
    flushAll();
    failed.forEach(ViewSubscriptions::closeAll);
    finish();
    if (passed != NO_SUBSCRIPTIONS && taken.upTo().cursor() > passed) {
      place = taken.upTo().place();
      pass(place.cursor());
    }
  }

  private static void serveOrFail(
      ViewSubscriptions view, List<ViewSubscriptions> failed, Runnable serve) {
    try {
      serve.run();
    } catch (RuntimeException | OutOfMemoryError e) {
      LOG.error("Delivery failed; closing the view's connections", e);
      failed.add(view);
    } finally {
      view.release();
    }
  }

  private void serveAll(ViewSubscriptions view, long end) {
    if (view.isAtOnce()) {
      serveUpTo(view, end);
    } else {
      serveAtPace(view);
    }
  }

  /** Serves a view with a pace, as soon as the pace allows it. */
  private void serveAtPace(ViewSubscriptions view) {
    long wait = view.pause();
    if (wait > 0) {
      var _ = Sockets.later(loop, () -> servePaused(view), wait);
    } else if (wait == 0) {
      serveNow(view);
    }
  }

  private void serveNow(ViewSubscriptions view) {
    view.resume();
    serveUpTo(view, feed.end().cursor());
  }

  private void servePaused(ViewSubscriptions view) {
    List<ViewSubscriptions> failed = new ArrayList<>();
    serveOrFail(view, failed, () -> serveNow(view));
    failed.forEach(ViewSubscriptions::closeAll);
    finish();
  }

  /** Serves all subscriptions of a view. */
  private void serveUpTo(ViewSubscriptions view, long end) {
    // A client that has parts of later moments waits, even if the feed's last moment is complete.
    boolean waits = midMoment.contains(view);
    if (view.isAtOnce()) {
      view.broadcast(end);
    }
    Pass pass = new Pass(view, end);
    do {
      pass.more = false;
      view.forEachOther(pass);
    } while (pass.more);
    if (waits || pass.someMidMoment) {
      if (view.isMidMoment()) {
        midMoment.add(view);
      } else {
        midMoment.remove(view);
      }
    }
  }

  /** Sends each subscription one message. Subscriptions at the same cursor share the batch. */
  private final class Pass implements Consumer<Subscription> {
    private final ViewSubscriptions view;
    private final long end;
    private boolean more;
    private boolean someMidMoment;

    Pass(ViewSubscriptions view, long end) {
      this.view = view;
      this.end = end;
    }

    @Override
    public void accept(Subscription subscription) {
      Step step = view.step(subscription, end);
      if (step == Step.ADVANCED) {
        more |= subscription.cursor() < end;
        someMidMoment |= subscription.isMidMoment();
        flushOnce(subscription.connection());
        view.include(subscription);
      }
      handover.addIfNeeded(subscription, step);
    }
  }

  /** Counts the delay of changes that this event loop sends for the first time. */
  private void countWritten(Batch batch) {
    if (batch.from() >= passed) {
      counters.written(batch.times());
    }
  }

  private void flushOnce(Connection connection) {
    if (connection.isSingle()) {
      connection.flush();
    } else {
      unflushed.add(connection);
    }
  }

  private void flushAll() {
    unflushed.forEach(Connection::flush);
    unflushed.clear();
  }

  /** Flushes, hands over and reports. Must not run while subscriptions are being visited. */
  private void finish() {
    flushAll();
    handover.run(this::leave);
    counters.report();
  }

  private void pass(long cursor) {
    passed = cursor;
    waits.passed(cursor);
    onPassed.run();
  }
}
