package dev.orderwire.gateway.protocol;

import dev.orderwire.change.ErrorCode;
import dev.orderwire.change.OrderwireException;

/** Failures as clients are told of them: without what only operators should know. */
public final class PublicError {
  private PublicError() {}

  /** Hides the address of MySQL and what it answered: both are in the log. */
  public static OrderwireException of(OrderwireException failure) {
    return failure.code() == ErrorCode.MYSQL_UNAVAILABLE
        ? new OrderwireException(
            failure.code(), "MySQL cannot be asked: try again in a while", failure)
        : failure;
  }

  /** A failure that nobody foresaw. */
  public static OrderwireException of(Throwable failure) {
    return failure instanceof OutOfMemoryError
        ? new OrderwireException(
            ErrorCode.OVER_LIMIT,
            "the server's memory is full: try again in a few seconds",
            failure)
        : new OrderwireException(
            ErrorCode.INTERNAL_ERROR, "the server failed at this: its log says why", failure);
  }
}
