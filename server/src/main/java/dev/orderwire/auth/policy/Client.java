package dev.orderwire.auth.policy;

import dev.orderwire.view.Membership;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/**
 * A client, as far as policies are concerned.
 *
 * @param claims of its token or API key
 * @param sets the lists of values that were looked up for it, by the name of the lookup; without
 *     those for which it lacks a claim
 * @param membership tells how long the sets hold
 */
public record Client(
    Map<String, JsonNode> claims, Map<String, JsonNode> sets, Membership membership) {
  public Client {
    claims = Map.copyOf(claims);
    sets = Map.copyOf(sets);
  }
}
