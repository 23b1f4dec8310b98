package dev.orderwire.gateway;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The live subscriptions of one view on one event loop, and the stretch of the feed that they are
 * being given. As a rule all of them stand at the same cursor, so the stretch of one is that of the
 * next.
 */
final class Watchers {
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

  private final ViewFrames frames;
  private final Consumer<Stretch> given;
  private final Roster<Subscription> roster = new Roster<>();
  private @Nullable Stretch current;

  /**
   * @param given is told of each stretch before it is written to the first of them
   */
  Watchers(ViewFrames frames, Consumer<Stretch> given) {
    this.frames = frames;
    this.given = given;
  }

  ViewFrames frames() {
    return frames;
  }

  Roster<Subscription> roster() {
    return roster;
  }

  /** Gives a subscription what comes next, as one message. */
  Step step(Subscription subscription, long end) {
    if (!subscription.isLive()
        || subscription.cursor() >= end
        || !subscription.connection().isWritable()) {
      return Step.REST;
    }
    return subscription.ahead() == null ? shared(subscription, end) : alone(subscription);
  }

  private Step shared(Subscription subscription, long end) {
    if (current == null || current.from() != subscription.cursor()) {
      letGo();
      current = frames.from(subscription.cursor(), end);
      if (current == null) {
        return Step.BEHIND;
      }
      given.accept(current);
    }
    if (current.isAtReset()) {
      return Step.RESET;
    }
    subscription.take(current);
    return Step.ON;
  }

  /** For one that has seen what the feed has yet to show: what it gets is nobody else's. */
  private Step alone(Subscription subscription) {
    Stretch stretch = frames.beyond(subscription.seen(), subscription.cursor());
    if (stretch == null) {
      return Step.BEHIND;
    }
    if (stretch.isAtReset()) {
      return Step.RESET;
    }
    try {
      subscription.take(stretch);
    } finally {
      stretch.release();
    }
    return Step.ON;
  }

  /** To be called once all have been served. */
  void letGo() {
    if (current != null) {
      current.release();
      current = null;
    }
  }
}
