package dev.orderwire.gateway.fanout;

import dev.orderwire.feed.Feed;
import dev.orderwire.gateway.match.Batch;
import dev.orderwire.gateway.match.FrameCache;
import dev.orderwire.gateway.match.PacedView;
import dev.orderwire.gateway.match.ViewFrames;
import dev.orderwire.gateway.protocol.CloseReason;
import dev.orderwire.gateway.protocol.Frame;
import io.netty.channel.unix.Socket;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The live subscriptions of one view on one event loop, and the stretch of the feed that they are
 * being given. As a rule all of them stand at the same cursor, so the stretch of one is that of the
 * next. Lives on the event loop.
 */
public final class ViewSubscriptions {
  /** How far a step has brought a subscription. */
  enum Step {
    /** It has been given a message, or has passed what its view does not see. */
    ON,
    /** It has all there is, or its connection takes nothing more. */
    REST,
    /** The feed no longer reaches back to it. */
    BEHIND,
    /** What it has is void: its table was altered, or is to be read anew for another reason. */
    RESET
  }

  private final Pump pump;
  private final ViewFrames<ViewSubscriptions> frames;
  private final Consumer<Batch> given;
  private final IndexedList<Subscription> roster = new IndexedList<>();
  private final ShortWay shortWay = new ShortWay();
  private @Nullable Batch current;

  private boolean paused;
  private long lastServed;

  /**
   * @param given is told of each stretch before it is written to the first of them
   */
  public ViewSubscriptions(
      Pump pump, PacedView watch, FrameCache<ViewSubscriptions> frames, Consumer<Batch> given) {
    this.pump = pump;
    this.given = given;
    this.frames = frames.join(watch, this);
  }

  /** For any thread. */
  Pump pump() {
    return pump;
  }

  public ViewFrames<ViewSubscriptions> frames() {
    return frames;
  }

  IndexedList<Subscription> roster() {
    return roster;
  }

  void add(Subscription subscription) {
    roster.add(subscription);
    subscription.watchAmong(this);
  }

  void remove(Subscription subscription) {
    outOfShortWay(subscription);
    shortWay.move(roster.size() - 1, roster.seatOf(subscription));
    roster.remove(subscription);
    subscription.watchAmong(null);
  }

  void outOfShortWay(Subscription subscription) {
    int seat = roster.seatOf(subscription);
    if (shortWay.has(seat)) {
      subscription.skipTo(shortWay.at(pump.place()));
      shortWay.remove(seat);
    }
  }

  /** Whether {@link #giveShortly} serves the one on that seat. */
  boolean isOnShortWay(int seat) {
    return shortWay.has(seat);
  }

  /** One that has all there is goes the short way from now on, where all with it is ordinary. */
  void toShortWay(int seat, Feed.Place passed) {
    Subscription subscription = roster.get(seat);
    if (!isAtOnce() || !subscription.isOrdinary()) {
      return;
    }
    boolean abreast = shortWay.isEmpty() || shortWay.at(passed).cursor() == subscription.cursor();
    Socket socket = abreast ? subscription.connection().ordinarySocket() : null;
    if (socket != null) {
      shortWay.add(seat, socket, subscription.connection().form(), subscription.place());
    }
  }

  /**
   * Gives all on the short way what is new. They leave it where that is no whole message, and each
   * whose socket does not take it whole.
   *
   * @param end up to where what is new is known
   * @param passed up to where all that does not lag has been given what there was
   */
  void giveShortly(long end, Feed.Place passed) {
    for (Feed.Place from = shortWay.at(passed);
        !shortWay.isEmpty() && from.cursor() < end;
        from = shortWay.at(passed)) {
      Batch stretch = stretch(from.cursor(), end);
      if (stretch == null || stretch.isAtReset() || !stretch.complete()) {
        for (int seat = 0; seat < roster.size(); seat++) {
          outOfShortWay(roster.get(seat));
        }
        return;
      }
      if (stretch.frame() != null) {
        send(stretch, stretch.frame(), from, end);
      }
      shortWay.pass(stretch.end());
    }
  }

  private void send(Batch stretch, Frame frame, Feed.Place from, long end) {
    int[] whole = {shortWay.count()};
    long bytes =
        shortWay.send(
            frame,
            (seat, taken) -> {
              shortWay.remove(seat);
              Subscription subscription = roster.get(seat);
              subscription.skipTo(from);
              if (taken > 0) {
                subscription.takeRest(stretch, frame, taken, end);
              } else {
                whole[0]--;
              }
            });
    pump.outgoing().sent(bytes);
    pump.outgoing().delivered((long) whole[0] * stretch.times().size());
  }

  boolean isAtOnce() {
    return frames.watch().pace().isAtOnce();
  }

  /** Whether one of them waits for the rest of what committed together. */
  boolean isMidMoment() {
    for (int i = 0; i < roster.size(); i++) {
      if (roster.get(i).isMidMoment()) {
        return true;
      }
    }
    return false;
  }

  /**
   * Leaves what is new for later, as its pace wants it.
   *
   * @param passed up to where all that does not lag has been given what there was
   * @return in how many nanoseconds it is time; 0 where it is now; below 0 where it is left for
   *     later already
   */
  long pause(Feed.Place passed) {
    if (paused) {
      return -1;
    }
    long left = lastServed + frames.watch().pace().every().toNanos() - System.nanoTime();
    if (lastServed == 0 || left <= 0) {
      return 0;
    }
    paused = true;
    for (int i = 0; i < roster.size(); i++) {
      roster.get(i).skipTo(passed);
      roster.get(i).lag();
    }
    return left;
  }

  /** Ends a {@link #pause}: what follows gives them what is new. */
  void goOn() {
    lastServed = System.nanoTime();
    paused = false;
  }

  /**
   * Gives a subscription what comes next, as one message.
   *
   * @param end up to where what is new is known
   * @param passed up to where all that does not lag has been given what there was
   */
  Step step(Subscription subscription, long end, Feed.Place passed) {
    if (!subscription.isLive()) {
      return Step.REST;
    }
    // Who was slow a moment ago and is served for that may be on the short way by now.
    outOfShortWay(subscription);
    subscription.skipTo(passed);
    if (subscription.cursor() >= end) {
      subscription.keepUp();
      return Step.REST;
    }
    if (!subscription.connection().isWritable()) {
      subscription.lag();
      return Step.REST;
    }
    return subscription.ahead() == null ? shared(subscription, end) : alone(subscription, end);
  }

  private Step shared(Subscription subscription, long end) {
    Batch stretch = stretch(subscription.cursor(), end);
    if (stretch == null) {
      return Step.BEHIND;
    }
    if (stretch.isAtReset()) {
      return Step.RESET;
    }
    subscription.take(stretch, end);
    return Step.ON;
  }

  /** What comes after a cursor, held until {@link #letGo}; null where the feed has it no more. */
  private @Nullable Batch stretch(long from, long end) {
    if (current == null || current.from() != from) {
      letGo();
      current = frames.from(from, end);
      if (current != null) {
        given.accept(current);
      }
    }
    return current;
  }

  /** For one that has seen what the feed has yet to show: what it gets is nobody else's. */
  private Step alone(Subscription subscription, long end) {
    Batch stretch = frames.beyond(subscription.seen(), subscription.cursor());
    if (stretch == null) {
      return Step.BEHIND;
    }
    if (stretch.isAtReset()) {
      return Step.RESET;
    }
    try {
      subscription.take(stretch, end);
    } finally {
      stretch.release();
    }
    return Step.ON;
  }

  /** None of them gets any further. */
  void closeAll() {
    roster
        .copy()
        .forEach(subscription -> subscription.connection().close(CloseReason.INTERNAL_ERROR));
  }

  /** To be called once all have been served. */
  void letGo() {
    if (current != null) {
      current.release();
      current = null;
    }
  }
}
