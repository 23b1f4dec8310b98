package dev.orderwire.auth.policy;

/**
 * Joins texts so that different lists of texts never give the same result: each with its length
 * before it.
 */
final class CanonicalText {
  private final StringBuilder text = new StringBuilder();

  CanonicalText add(String part) {
    text.append(part.length()).append(':').append(part);
    return this;
  }

  @Override
  public String toString() {
    return text.toString();
  }
}
