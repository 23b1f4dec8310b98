package dev.orderwire.changelog;

/** A replica cannot be read now. The message says why, and fits after "as". */
public final class UnfitServerException extends RuntimeException {
  private static final long serialVersionUID = 1;

  public UnfitServerException(String message) {
    super(message);
  }
}
