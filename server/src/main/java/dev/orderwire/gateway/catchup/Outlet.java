package dev.orderwire.gateway.catchup;

import dev.orderwire.change.OrderwireException;
import dev.orderwire.change.Position;
import dev.orderwire.feed.Catalog;
import dev.orderwire.feed.Feed;
import dev.orderwire.gateway.catchup.Blocking.GoneException;
import dev.orderwire.gateway.fanout.Connection;
import dev.orderwire.gateway.fanout.Opening;
import dev.orderwire.gateway.fanout.Subscription;
import dev.orderwire.gateway.protocol.Frame;
import dev.orderwire.gateway.protocol.Traffic;
import dev.orderwire.view.View;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.ImmediateEventExecutor;
import org.jspecify.annotations.Nullable;

/**
 * A subscription as it is reached from a virtual thread: whatever happens to it happens on its
 * event loop, and is waited for, so that no more than one message is ever under way.
 */
final class Outlet {
  private final Subscription subscription;
  private @Nullable Opening opening;
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

  /**
   * Tells the client that nothing after {@code position} can be missed from now on, unless it has
   * been told before.
   */
  void answer(Position position, boolean resumable) {
    Opening unanswered = opening;
    if (unanswered != null) {
      onLoop(() -> subscription.answer(unanswered, position, resumable, traffic));
      opening = null;
    }
  }

  /**
   * From here on the view is that of the table as it is known now.
   *
   * @throws OrderwireException where there is no such view any more
   */
  void renew(Catalog catalog) {
    View view = subscription.view();
    View renewed = catalog.table(view.table().name()).map(view::renewed).orElse(view);
    if (!renewed.equals(view)) {
      onLoop(() -> subscription.renew(renewed));
    }
  }

  /** Sends a message of a spool, and waits until the client has taken all of it. */
  void give(SpoolMessage message) {
    awaitTaking();
    Frame frame = message.hold();
    try {
      Future<?> sent =
          Blocking.onLoop(
              subscription.connection().channel().eventLoop(),
              () ->
                  subscription.isEnded()
                      ? ImmediateEventExecutor.INSTANCE.newFailedFuture(new GoneException())
                      : subscription.connection().sendWhole(frame));
      if (!blocking.awaitTaken(sent)) {
        throw new GoneException();
      }
    } finally {
      message.letGo();
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
      Opening unanswered = opening;
      if (unanswered != null) {
        connection.end(subscription);
        unanswered.refused(cause);
      } else if (cause.code().retryable()) {
        connection.breakOff(cause);
      } else {
        connection.withdraw(subscription, cause);
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
