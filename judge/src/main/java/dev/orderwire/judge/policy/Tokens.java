package dev.orderwire.judge.policy;

import dev.orderwire.judge.table.Json;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Signs tokens (JWT, HS256), as an identity provider does. Safe for use by any number of threads.
 */
public final class Tokens {
  /**
   * A token.
   *
   * @param expires in whole seconds
   */
  public record Token(String text, Identity identity, Instant expires, String id) {}

  private static final String HEADER = encoded("{\"alg\":\"HS256\",\"typ\":\"JWT\"}");

  private final String secret;

  /**
   * @param seed of the run: it decides the secret too
   */
  public Tokens(long seed) {
    this.secret = "the secret of the run with the seed " + seed;
  }

  public String secret() {
    return secret;
  }

  /**
   * Signs a token.
   *
   * @param id the token's own name
   * @param life at least a second
   */
  public Token sign(Identity identity, String id, Duration life) {
    long now = Instant.now().getEpochSecond();
    long expires = now + life.toSeconds();
    ObjectNode claims =
        Json.object()
            .put("sub", identity.subject())
            .put("jti", id)
            .put("iat", now)
            .put("exp", expires);
    identity.claims().forEach(claims::set);
    if (identity.roles().size() == 1) {
      claims.put("role", identity.roles().getFirst());
    } else {
      ArrayNode roles = claims.putArray("role");
      identity.roles().forEach(roles::add);
    }
    String signed = HEADER + "." + encoded(claims.toString());
    return new Token(
        signed + "." + signature(signed), identity, Instant.ofEpochSecond(expires), id);
  }

  private String signature(String signed) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
      return encoded(mac.doFinal(signed.getBytes(StandardCharsets.UTF_8)));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has HMAC-SHA-256", e);
    }
  }

  private static String encoded(String text) {
    return encoded(text.getBytes(StandardCharsets.UTF_8));
  }

  private static String encoded(byte[] bytes) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }
}
