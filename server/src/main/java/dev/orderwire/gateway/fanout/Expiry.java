package dev.orderwire.gateway.fanout;

import dev.orderwire.auth.Identity;
import dev.orderwire.gateway.protocol.CloseReason;
import dev.orderwire.gateway.protocol.Messages;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * Ends a connection when the token of its client runs out, and tells the client before. For the
 * connection's event loop.
 */
final class Expiry {
  /** The clock may be set meanwhile, and an event loop cannot wait for thousands of years. */
  private static final Duration LONGEST_WAIT = Duration.ofHours(1);

  /** How long before the end the client is told. */
  private static final Duration NOTICE = Duration.ofSeconds(60);

  private final Connection connection;
  private @Nullable Future<?> next;

  Expiry(Connection connection) {
    this.connection = connection;
  }

  /** Follows a token from now on, in place of an earlier one. */
  void follow(@Nullable Identity identity) {
    end();
    Instant expires = identity == null ? null : identity.expires();
    if (expires != null) {
      await(expires);
    }
  }

  private void await(Instant expires) {
    Duration untilNotice = Duration.between(Instant.now(), expires).minus(NOTICE);
    next =
        untilNotice.compareTo(LONGEST_WAIT) > 0
            ? after(LONGEST_WAIT, () -> await(expires))
            : after(untilNotice, () -> notify(expires));
  }

  private void notify(Instant expires) {
    Duration left = Duration.between(Instant.now(), expires);
    if (left.isPositive()) {
      connection.answer(Messages.expiring(left.plusMillis(999).toSeconds()));
    }
    next = after(left, () -> connection.close(CloseReason.NOT_AUTHENTICATED));
  }

  private Future<?> after(Duration time, Runnable task) {
    return Sockets.later(connection.channel().eventLoop(), task, Math.max(0, time.toNanos()));
  }

  void end() {
    if (next != null) {
      next.cancel(false);
      next = null;
    }
  }
}
