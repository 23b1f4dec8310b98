package dev.orderwire.demo;

import org.jspecify.annotations.Nullable;

/**
 * The embedded MySQL cannot be started or used. The message names the cause and the way out, and
 * can be shown to the user as it is.
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
