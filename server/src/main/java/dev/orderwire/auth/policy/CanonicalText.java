package dev.orderwire.auth.policy;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;

/**
 * Joins texts so that different lists of texts never give the same result: each with its length
 * before it.
 */
final class CanonicalText {
  private static final int DIGEST_BYTES = 12;

  private final StringBuilder text = new StringBuilder();

  CanonicalText add(String part) {
    text.append(part.length()).append(':').append(part);
    return this;
  }

  /** A short name for it: two texts have the same only by a collision of SHA-256. */
  String digest() {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256")
              .digest(text.toString().getBytes(StandardCharsets.UTF_8));
      return Base64.getUrlEncoder().encodeToString(Arrays.copyOf(digest, DIGEST_BYTES));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  @Override
  public String toString() {
    return text.toString();
  }
}
