package dev.orderwire.auth;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/**
 * An API key that is accepted, without the key itself.
 *
 * @param hash the SHA-256 of the key in hexadecimal. The key is 256 random bits, which nobody can
 *     guess, so a slow hash, which passwords need, would add nothing
 */
public record ApiKey(String name, String hash, List<String> roles, Map<String, JsonNode> claims) {
  static final String PREFIX = "ow_";

  private static final Pattern NAME = Pattern.compile("(?!ow_)[A-Za-z0-9._-]{1,64}");
  private static final Pattern HASH = Pattern.compile("[0-9a-f]{64}");
  private static final int RANDOM_BYTES = 32;

  /** A new key: its text, and what is stored of it. */
  public record Made(String text, String hash) {
    /** Without the key. */
    @Override
    public String toString() {
      return hash;
    }
  }

  public ApiKey {
    // Without its text: a user may have written the key itself here.
    if (!NAME.matcher(name).matches()) {
      throw new IllegalArgumentException(
          "must have a name of up to 64 letters, digits and . _ -, not beginning with ow_");
    }
    hash = hash.toLowerCase(Locale.ROOT);
    if (!HASH.matcher(hash).matches()) {
      throw new IllegalArgumentException(
          "must have as its hash the SHA-256 of the key, 64 hexadecimal digits: ./orderwire key makes a key and prints it");
    }
    roles = List.copyOf(roles);
    claims = Map.copyOf(claims);
  }

  /** Makes a key. */
  public static Made make() {
    byte[] random = new byte[RANDOM_BYTES];
    new SecureRandom().nextBytes(random);
    String text = PREFIX + Base64.getUrlEncoder().withoutPadding().encodeToString(random);
    return new Made(text, HexFormat.of().formatHex(sha256(text)));
  }

  static byte[] sha256(String text) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
