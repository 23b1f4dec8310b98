package dev.orderwire.auth;

import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Which tokens are accepted.
 *
 * @param issuer what {@code iss} must be; empty for any
 * @param audience what {@code aud} must contain one of; empty for any
 * @param algorithms see {@link Algorithm#allowed}
 * @param clockSkew by how much the clocks of issuer and server may differ; at most 5 minutes
 */
public record JwtOptions(
    VerificationKey key,
    Optional<String> issuer,
    List<String> audience,
    Set<Algorithm> algorithms,
    Duration clockSkew) {
  private static final Duration MAX_CLOCK_SKEW = Duration.ofMinutes(5);

  public JwtOptions {
    audience = List.copyOf(audience);
    algorithms = Set.copyOf(algorithms);
    if (algorithms.isEmpty()) {
      throw new IllegalArgumentException("must allow an algorithm");
    }
    algorithms.forEach(key::require);
    if (clockSkew.isNegative() || clockSkew.compareTo(MAX_CLOCK_SKEW) > 0) {
      throw new IllegalArgumentException("must have a clock skew of 0 to 5 minutes");
    }
  }

  /** In words for messages, in a fixed order. */
  String algorithmTexts() {
    return Algorithm.texts(EnumSet.copyOf(algorithms));
  }
}
