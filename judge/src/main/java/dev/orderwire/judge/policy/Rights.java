package dev.orderwire.judge.policy;

import java.util.Map;
import tools.jackson.databind.JsonNode;

/** The role in which a client subscribes, and its claims. */
public record Rights(String role, Map<String, JsonNode> claims) {
  /** Those of a server that asks nobody who it is. */
  static final Rights UNRESTRICTED = new Rights("", Map.of());

  public Rights {
    claims = Map.copyOf(claims);
  }
}
