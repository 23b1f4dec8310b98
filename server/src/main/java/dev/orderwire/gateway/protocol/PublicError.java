package dev.orderwire.gateway.protocol;

import dev.orderwire.change.ErrorCode;
import dev.orderwire.change.OrderwireException;
import dev.orderwire.view.View;

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

  /** A failure whose details its client may not see. */
  public static final class Withheld extends OrderwireException {
    private static final long serialVersionUID = 1L;

    private final OrderwireException failure;

    private Withheld(OrderwireException failure) {
      super(failure.code(), failure.code().sentence() + ": the server's log names it", failure);
      this.failure = failure;
    }

    /** The failure with its details, for operators. */
    public OrderwireException failure() {
      return failure;
    }
  }

  /**
   * Withholds the keys and columns in a failure from clients that may not see all of a table.
   *
   * @param failure while the rows of a view were read
   */
  public static OrderwireException of(View view, OrderwireException failure) {
    return view.scope().isEverything() || failure.code().retryable()
        ? failure
        : new Withheld(failure);
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
