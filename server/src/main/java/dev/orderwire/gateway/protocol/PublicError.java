package dev.orderwire.gateway.protocol;

import dev.orderwire.change.ErrorCode;
import dev.orderwire.change.OrderwireException;

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
