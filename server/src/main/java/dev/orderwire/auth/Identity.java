package dev.orderwire.auth;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Who a client is.
 *
 * @param name {@code sub} of the token, or the name of the API key; without control characters
 * @param claims of the token, or those configured for the API key
 * @param roles without duplicates, in the order of the token
 * @param expires until when the token is accepted, the allowed clock skew included; null for an API
 *     key
 * @param tokenId {@code jti} of the token, if it has one
 */
public record Identity(
    String name,
    Map<String, JsonNode> claims,
    List<String> roles,
    @Nullable Instant expires,
    @Nullable String tokenId) {
  public Identity {
    claims = Map.copyOf(claims);
    roles = List.copyOf(roles);
  }

  /** Without the claims, which are personal data. */
  @Override
  public String toString() {
    return name + roles;
  }
}
