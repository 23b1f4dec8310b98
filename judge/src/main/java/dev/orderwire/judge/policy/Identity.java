package dev.orderwire.judge.policy;

import dev.orderwire.judge.run.SeededRandom;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/**
 * Who a client says it is.
 *
 * @param subject the same for all tokens of one identity
 * @param roles with several, the client names one in each subscription
 */
public record Identity(String subject, List<String> roles, Map<String, JsonNode> claims) {
  public Identity {
    roles = List.copyOf(roles);
    claims = Map.copyOf(claims);
  }

  /**
   * A random identity.
   *
   * @param auditor whether it sees everything
   */
  public static Identity next(String subject, boolean auditor, SeededRandom random) {
    Map<String, JsonNode> claims = Claims.next(random);
    if (auditor) {
      return new Identity(subject, List.of(Policies.AUDITOR), claims);
    }
    String role = random.pick(Policies.RESTRICTED);
    String other = random.pick(Policies.RESTRICTED);
    return new Identity(
        subject,
        other.equals(role) || random.percent(70) ? List.of(role) : List.of(role, other),
        claims);
  }

  /** The same identity with other claims. */
  public Identity changed(SeededRandom random) {
    return new Identity(subject, roles, Claims.changed(claims, random));
  }

  public Rights rights(String role) {
    return new Rights(role, claims);
  }
}
