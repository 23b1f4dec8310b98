package dev.orderwire.auth;

import dev.orderwire.auth.policy.ClaimPath;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Which credentials are accepted: tokens, API keys, or both.
 *
 * @param role the claim with the roles of a token
 */
public record AuthOptions(Optional<JwtOptions> jwt, ClaimPath role, List<ApiKey> keys) {
  public AuthOptions {
    keys = List.copyOf(keys);
    if (jwt.isEmpty() && keys.isEmpty()) {
      throw new IllegalArgumentException("must accept tokens or API keys");
    }
    Set<String> names = new HashSet<>();
    Set<String> hashes = new HashSet<>();
    for (ApiKey key : keys) {
      if (!names.add(key.name()) || !hashes.add(key.hash())) {
        throw new IllegalArgumentException(
            "must not have the key of %s twice".formatted(key.name()));
      }
    }
  }

  /** What works but is probably not meant, in sentences for operators. */
  public List<String> warnings() {
    List<String> warnings = new ArrayList<>();
    jwt.filter(options -> !(options.key() instanceof VerificationKey.SharedSecret))
        .filter(options -> options.audience().isEmpty())
        .ifPresent(_ ->
            warnings.add(
                "auth.jwt.audience is not set, so every token of the issuer is accepted, also one"
                    + " made for another service"));
    jwt.filter(options -> options.key() instanceof VerificationKey.JwksAddress)
        .filter(options -> options.issuer().isEmpty())
        .ifPresent(_ ->
            warnings.add(
                "auth.jwt.issuer is not set, so tokens of every issuer with a key in auth.jwt.jwks"
                    + " are accepted"));
    return List.copyOf(warnings);
  }
}
