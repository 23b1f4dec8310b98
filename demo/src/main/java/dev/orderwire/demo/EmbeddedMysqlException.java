package dev.orderwire.demo;

import org.jspecify.annotations.Nullable;

/**
 * Why there is no embedded MySQL. The message says what was found and the way out; it may be shown
 * to the user as it is.
 */
public final class EmbeddedMysqlException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  EmbeddedMysqlException(String message) {
    this(message, null);
  }

  EmbeddedMysqlException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
