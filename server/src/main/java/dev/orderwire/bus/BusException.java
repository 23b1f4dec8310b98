package dev.orderwire.bus;

import org.jspecify.annotations.Nullable;

/** The engine of a bus does not answer, or refuses a request. The message says which, and why. */
public class BusException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public BusException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
