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
 * Lets a virtual thread use a subscription. Each call runs on the subscription's event loop and
 * waits for the result, so that at most one message is in transit.
 */
final class Outlet {
  private final Subscription subscription;
  private @Nullable Opening opening;
  private final Blocking blocking;
  private final Traffic traffic;

  /**
   * @param opening null if the client has been told {@code subscribed}
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
   * Tells the client that it is subscribed, unless it knows already. From now on, it cannot miss a
   * change after {@code position}.
   */
  void answer(Position position, boolean resumable) {
    Opening unanswered = opening;
    if (unanswered != null) {
      onLoop(() -> subscription.answer(unanswered, position, resumable, traffic));
      opening = null;
    }
  }

  /**
   * Replaces the view by the same view of the table's current shape.
   *
   * @throws OrderwireException if the table no longer has a column that the view needs
   */
  void renew(Catalog catalog) {
    View view = subscription.view();
    View renewed = catalog.table(view.table().name()).map(view::renewed).orElse(view);
    if (!renewed.equals(view)) {
      onLoop(() -> subscription.renew(renewed));
    }
  }

  /** Sends a message of a spool, and waits until the socket has taken all of it. */
  void sendAndAwait(SpoolMessage message) {
    awaitWritable();
    Frame frame = message.load();
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
      message.unload();
    }
  }

  /** Sends and releases a message once the channel is writable. */
  void send(Frame frame) {
    try {
      blocking.awaitWritable(subscription.connection().gate());
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

  /** Waits until the channel is writable. */
  void awaitWritable() {
    blocking.awaitWritable(subscription.connection().gate());
  }

  void follow(Feed.Place place, Position seen, boolean midMoment) {
    onLoop(() -> {
      subscription.follow(place, seen, midMoment);
      subscription.connection().pump().join(subscription);
    });
  }

  /** Ends the subscription with an error. */
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
