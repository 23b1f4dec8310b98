package dev.orderwire.gateway.protocol;

import dev.orderwire.change.ErrorCode;
import dev.orderwire.change.OrderwireException;
import org.slf4j.Logger;
import org.slf4j.event.Level;

/** Failures as clients see them, without details for operators. */
public final class PublicError {
  private PublicError() {}

  /** Hides the address of MySQL and its error, which are in the log. */
  public static OrderwireException of(OrderwireException failure) {
    return switch (failure.code()) {
      case MYSQL_UNAVAILABLE, QUERY_REFUSED ->
          new OrderwireException(
              failure.code(), failure.code().sentence() + ": try again later", failure);
      default -> failure;
    };
  }

  /** Logs a failure, unless it is an outage of MySQL, which is logged once for all clients. */
  public static void log(Logger log, String what, OrderwireException failure) {
    log.atLevel(failure.code() == ErrorCode.MYSQL_UNAVAILABLE ? Level.DEBUG : Level.WARN)
        .log("{}: {}", what, failure.getMessage());
  }

  /** Stands in for a failure that is not an {@link OrderwireException}. */
  public static OrderwireException unexpected(Throwable failure) {
    return failure instanceof OutOfMemoryError
        ? new OrderwireException(
            ErrorCode.OVER_LIMIT,
            "the server is out of memory: try again in a few seconds",
            failure)
        : new OrderwireException(
            ErrorCode.INTERNAL_ERROR, "the server failed: its log has the cause", failure);
  }
}
