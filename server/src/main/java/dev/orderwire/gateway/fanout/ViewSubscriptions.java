package dev.orderwire.gateway.fanout;

import dev.orderwire.feed.Feed;
import dev.orderwire.gateway.match.Batch;
import dev.orderwire.gateway.match.FrameCache;
import dev.orderwire.gateway.match.PacedView;
import dev.orderwire.gateway.match.ViewFrames;
import dev.orderwire.gateway.protocol.CloseReason;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The live subscriptions of one view on one event loop, and their current batch. Most subscriptions
 * are at the same cursor, so they share the batch. For the event loop, except where noted.
 */
final class ViewSubscriptions {
  /** What a step did for a subscription. */
  enum Step {
    /** It got a message, or moved past changes that its view does not show. */
    ADVANCED,
    /** It has every change, or its connection is not writable. */
    DONE,
    /** The feed no longer reaches back to its cursor. */
    BEHIND,
    /** Its table was reset: its rows are no longer valid. */
    RESET,
    /** The moment at its cursor changes what its client may see. */
    MOVED
  }

  private final Pump pump;
  private final ViewFrames<ViewSubscriptions> frames;
  private final Consumer<Batch> onBatch;
  private final Broadcast broadcast;
  private @Nullable Batch current;
  private boolean paused;
  private long lastServed;

  /**
   * @param onBatch is called with each batch before it is sent to the first subscription
   */
  ViewSubscriptions(
      Pump pump, PacedView view, FrameCache<ViewSubscriptions> cache, Consumer<Batch> onBatch) {
    this.pump = pump;
    this.onBatch = onBatch;
    this.broadcast = new Broadcast(pump);
    this.frames = cache.join(view, this);
  }

  /** For any thread. */
  Pump pump() {
    return pump;
  }

  ViewFrames<ViewSubscriptions> frames() {
    return frames;
  }

  boolean isEmpty() {
    return broadcast.isEmpty();
  }

  void add(Subscription subscription) {
    frames.follow(subscription.membership());
    broadcast.add(subscription);
    subscription.joined(this);
  }

  void remove(Subscription subscription) {
    broadcast.remove(subscription);
    subscription.left();
    frames.forget(subscription.membership());
  }

  boolean isAtOnce() {
    return frames.pacedView().pace().isAtOnce();
  }

  /** Whether a subscription waits for the rest of a moment. */
  boolean isMidMoment() {
    boolean[] found = {false};
    broadcast.forEachOther(subscription -> found[0] |= subscription.isMidMoment());
    return found[0];
  }

  /**
   * Starts a pause, if the view's pace does not allow a message yet.
   *
   * @return the nanoseconds to wait; 0 if the view can be served now; negative if it is paused
   *     already
   */
  long pause() {
    if (paused) {
      return -1;
    }
    long left = lastServed + frames.pacedView().pace().every().toNanos() - System.nanoTime();
    if (lastServed == 0 || left <= 0) {
      return 0;
    }
    paused = true;
    Feed.Place passed = pump.place();
    broadcast.forEachOther(subscription -> {
      subscription.skipTo(passed);
      subscription.markLagging();
    });
    return left;
  }

  /** Ends a {@link #pause}. The caller serves the subscriptions next. */
  void resume() {
    lastServed = System.nanoTime();
    paused = false;
  }

  /**
   * Sends the new changes to the subscriptions in the broadcast. At a stop, or at the end of an
   * incomplete moment, all of them leave the broadcast. The others need a {@link #step} each.
   *
   * @param end the cursor up to which the feed is known
   */
  void broadcast(long end) {
    while (broadcast.isBefore(end)) {
      Batch batch = batch(broadcast.place().cursor(), end);
      if (batch == null || batch.isStop() || !batch.complete()) {
        broadcast.excludeAll();
        return;
      }
      broadcast.send(batch, end);
    }
  }

  /** Visits the subscriptions that need a {@link #step}. The action may remove them. */
  void forEachOther(Consumer<Subscription> action) {
    broadcast.forEachOther(action);
  }

  /** Called after a step: takes the subscription into the broadcast, if it keeps up. */
  void include(Subscription subscription) {
    if (isAtOnce()) {
      broadcast.include(subscription);
    }
  }

  /**
   * Sends a subscription its next changes as one message.
   *
   * @param end the cursor up to which the feed is known
   */
  Step step(Subscription subscription, long end) {
    if (!subscription.isLive()) {
      return Step.DONE;
    }
    subscription.skipTo(pump.place());
    if (subscription.cursor() >= end) {
      subscription.clearLagging();
      return Step.DONE;
    }
    if (!subscription.connection().isWritable()) {
      subscription.markLagging();
      return Step.DONE;
    }
    return subscription.ahead() == null ? shared(subscription, end) : alone(subscription, end);
  }

  private Step shared(Subscription subscription, long end) {
    Batch batch = batch(subscription.cursor(), end);
    if (batch == null) {
      return Step.BEHIND;
    }
    return switch (batch.stop()) {
      case RESET -> Step.RESET;
      case MOVE -> atMove(subscription, end);
      case NONE -> {
        subscription.take(batch, end);
        yield Step.ADVANCED;
      }
    };
  }

  /** At a moment that changes what this client may see, or another one that shares the view. */
  private Step atMove(Subscription subscription, long end) {
    long sequence = subscription.cursor();
    if (subscription.membership().changesAt(sequence)) {
      return Step.MOVED;
    }
    return take(
        frames.past(subscription.ahead() == null ? null : subscription.seen(), sequence),
        subscription,
        end);
  }

  /**
   * The batch after a cursor, kept until {@link #release}; null if the feed does not reach back.
   */
  private @Nullable Batch batch(long from, long end) {
    if (current == null || current.from() != from) {
      release();
      current = frames.from(from, end);
      if (current != null) {
        onBatch.accept(current);
      }
    }
    return current;
  }

  /** For a client that is ahead of the feed: it needs a message of its own. */
  private Step alone(Subscription subscription, long end) {
    return take(frames.beyond(subscription.seen(), subscription.cursor()), subscription, end);
  }

  /** Sends a subscription a batch of its own. */
  private Step take(@Nullable Batch batch, Subscription subscription, long end) {
    if (batch == null) {
      return Step.BEHIND;
    }
    return switch (batch.stop()) {
      case RESET -> Step.RESET;
      case MOVE -> atMove(subscription, end);
      case NONE -> {
        try {
          subscription.take(batch, end);
        } finally {
          batch.release();
        }
        yield Step.ADVANCED;
      }
    };
  }

  /** Closes the connections: delivery has failed. */
  void closeAll() {
    broadcast.forEach(subscription -> subscription.connection().close(CloseReason.INTERNAL_ERROR));
  }

  /** Releases the current batch, when all subscriptions have been served. */
  void release() {
    if (current != null) {
      current.release();
      current = null;
    }
  }
}
