package dev.orderwire.change;

import org.jspecify.annotations.Nullable;

/**
 * The root of all exceptions that Orderwire throws on purpose. The message says what was expected,
 * what was found and the way out; it may be shown to users as it is.
 */
public class OrderwireException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final ErrorCode code;

  public OrderwireException(ErrorCode code, String message) {
    this(code, message, null);
  }

  public OrderwireException(ErrorCode code, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.code = code;
  }

  /** What went wrong, for programs. */
  public ErrorCode code() {
    return code;
  }
}
