package dev.orderwire.gateway.catchup;

import dev.orderwire.auth.Identity;
import dev.orderwire.auth.Visitor;
import dev.orderwire.change.ErrorCode;
import dev.orderwire.change.OrderwireException;
import dev.orderwire.change.Position;
import dev.orderwire.feed.Catalog;
import dev.orderwire.feed.Feed;
import dev.orderwire.gateway.catchup.Blocking.GoneException;
import dev.orderwire.gateway.fanout.Connection;
import dev.orderwire.gateway.fanout.Opening;
import dev.orderwire.gateway.fanout.Subscription;
import dev.orderwire.gateway.protocol.Frame;
import dev.orderwire.gateway.protocol.Pace;
import dev.orderwire.gateway.protocol.Traffic;
import dev.orderwire.view.View;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.ImmediateEventExecutor;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
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
  private final @Nullable Identity identity;

  /**
   * On the event loop.
   *
   * @param opening null if the client has been told {@code subscribed}
   */
  Outlet(Subscription subscription, @Nullable Opening opening, Blocking blocking, Traffic traffic) {
    this.subscription = subscription;
    this.opening = opening;
    this.blocking = blocking;
    this.traffic = traffic;
    this.identity = subscription.connection().visitor().identity();
  }

  View view() {
    return subscription.view();
  }

  Pace pace() {
    return subscription.pace();
  }

  /**
   * Whether the view's client may still see its rows when the feed has passed a position. Waits for
   * the feed.
   *
   * @throws OrderwireException {@code lookup_unavailable}
   */
  boolean isAllowedAt(Position position) {
    return subscription.membership().holdsAt(position);
  }

  /** Whether the client is still there. */
  boolean isOpen() {
    return subscription.connection().channel().isActive();
  }

  /** Ends the task if the client is not there any more. */
  void requireOpen() {
    Blocking.requireThere(subscription.connection().channel());
  }

  /** Who the client is; null if clients need not say it. */
  @Nullable Identity identity() {
    return identity;
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
   * Replaces the view by the same view of the table's current shape, and of the rows that its
   * client may see now.
   *
   * @throws OrderwireException if the table no longer has a column that the view needs; if the
   *     client may not see the table any more, or it cannot be told
   */
  void renew(Catalog catalog) {
    View view = subscription.view();
    View renewed = catalog.table(view.table().name()).map(view::renewed).orElse(view);
    if (!subscription.membership().isFixed()) {
      allow(renewed);
    } else if (!renewed.equals(view)) {
      onLoop(() -> subscription.renew(renewed));
    }
  }

  /** Replaces the view by one of the rows that its client may see now. */
  private void allow(View view) {
    boolean done = false;
    while (!done) {
      Visitor visitor = get(() -> subscription.connection().visitor());
      visitor.awaitLookups();
      View allowed = allowed(view, visitor);
      done =
          get(() -> {
            // Another token may have come in between.
            boolean same = subscription.connection().visitor() == visitor;
            if (same) {
              subscription.renew(allowed);
            }
            return same;
          });
    }
  }

  private static View allowed(View view, Visitor visitor) {
    return view.in(
        visitor
            .accessAs(view.scope().role())
            .scope(view.table().name())
            .orElseThrow(() ->
                new OrderwireException(
                    ErrorCode.NOT_ALLOWED, "you may not see this table any more")));
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

  private <T> T get(Supplier<T> value) {
    AtomicReference<@Nullable T> got = new AtomicReference<>();
    onLoop(() -> got.set(value.get()));
    return Objects.requireNonNull(got.get());
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
