package dev.orderwire.gateway;

import dev.orderwire.change.OrderwireException;
import dev.orderwire.change.Position;
import dev.orderwire.feed.Feed;
import dev.orderwire.gateway.Blocking.GoneException;
import dev.orderwire.view.View;
import org.jspecify.annotations.Nullable;

/**
 * A subscription as it is reached from a virtual thread: whatever happens to it happens on its
 * event loop, and is waited for, so that no more than one message is ever under way.
 */
final class Outlet {
  private final Subscription subscription;
  private final @Nullable Opening opening;
  private final Blocking blocking;
  private final Traffic traffic;

  /**
   * @param opening for a subscription that has not been answered yet
   */
  Outlet(Subscription subscription, @Nullable Opening opening, Blocking blocking, Traffic traffic) {
    this.subscription = subscription;
    this.opening = opening;
    this.blocking = blocking;
    this.traffic = traffic;
  }

  View view() {
    return subscription.view();
  }

  /** Whether anybody is still there. */
  boolean isOpen() {
    return subscription.connection().channel().isActive();
  }

  /**
   * Tells the client that nothing after {@code position} can be missed from now on, unless it has
   * been told before.
   */
  void answer(Position position, boolean resumable) {
    if (opening != null) {
      onLoop(() -> subscription.answer(opening, position, resumable, traffic));
    }
  }

  /** Sends a message, which is owned here from now on, once the client takes it. */
  void send(Frame frame) {
    try {
      blocking.awaitTaking(subscription.connection().gate());
    } catch (RuntimeException e) {
      frame.release();
      throw e;
    }
    boolean sent =
        Blocking.onLoop(
            subscription.connection().channel().eventLoop(),
            frame,
            () -> {
              if (subscription.isEnded()) {
                frame.release();
                return false;
              }
              subscription.connection().send(frame);
              return true;
            });
    if (!sent) {
      throw new GoneException();
    }
  }

  /** Waits until the client takes more. */
  void awaitTaking() {
    blocking.awaitTaking(subscription.connection().gate());
  }

  void follow(Feed.Place place, Position seen, boolean midMoment) {
    onLoop(() -> {
      subscription.follow(place, seen, midMoment);
      subscription.connection().pump().join(subscription);
    });
  }

  /** Gives up. */
  void fail(OrderwireException cause) {
    onLoop(() -> {
      Connection connection = subscription.connection();
      if (opening != null && !subscription.isAnswered()) {
        connection.end(subscription);
        opening.refused(cause);
      } else {
        connection.refuse(subscription.ref(), cause);
        // What was promised with subscribed cannot be kept.
        connection.close(Refusal.of(cause).closeReason());
      }
    });
  }

  private void onLoop(Runnable work) {
    boolean open =
        Blocking.onLoop(
            subscription.connection().channel().eventLoop(),
            () -> {
              if (subscription.isEnded()) {
                return false;
              }
              work.run();
              return true;
            });
    if (!open) {
      throw new GoneException();
    }
  }
}
