package dev.orderwire.auth;

import dev.orderwire.auth.policy.ClaimPath;
import java.security.Key;
import java.time.InstantSource;
import java.util.List;

/** Accepts signed tokens (RFC 7519), by the rules of RFC 8725. */
final class JwtAuthenticator implements Authenticator {
  private final JwtOptions options;
  private final SigningKeys keys;
  private final TokenClaims claims;
  private final InstantSource clock;

  JwtAuthenticator(JwtOptions options, ClaimPath role, InstantSource clock) {
    this.options = options;
    this.keys =
        switch (options.key()) {
          // A single key needs no name, so kid does not matter.
          case VerificationKey.SharedSecret(var key) -> (_, _) -> List.of(key);
          case VerificationKey.FixedKey(var key) -> (_, _) -> List.of(key);
          case VerificationKey.JwksAddress(var address) ->
              new JwksKeys(new JwksServer(address), clock);
        };
    this.claims = new TokenClaims(options, role);
    this.clock = clock;
  }

  @Override
  public Identity authenticate(String credential) {
    CompactToken token = CompactToken.parse(credential);
    // The key's algorithms were checked against these, so no key is used with an algorithm that
    // it was not made for.
    if (!options.algorithms().contains(token.algorithm())) {
      throw Refused.because(
          "the token is signed with an algorithm (alg) that is not accepted here; accepted: "
              + options.algorithmTexts());
    }
    List<Key> candidates = keys.fitting(token.algorithm(), token.kid());
    if (candidates.isEmpty()) {
      throw Refused.because(
          "the token is signed with a key (kid) that its issuer does not have, or no longer has: get a new one");
    }
    if (candidates.stream().noneMatch(key -> Signature.isOf(key, token))) {
      throw Refused.because(
          "the signature of the token is wrong: it was changed, or is not from the accepted issuer");
    }
    return claims.identity(token.claims(), clock.instant());
  }
}
