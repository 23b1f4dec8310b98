package dev.orderwire.mysql.virtual;

/** A part of an expression that may depend on the session. */
final class SessionDependent extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /**
   * @param part the part, as it stands in the expression
   * @param reason what it depends on; empty if that is not known
   */
  SessionDependent(String part, String reason) {
    super(
        "%s: %s"
            .formatted(
                part,
                reason.isEmpty() ? "it is not known to be the same in every session" : reason));
  }
}
