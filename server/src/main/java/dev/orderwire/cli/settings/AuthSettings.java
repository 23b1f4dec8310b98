package dev.orderwire.cli.settings;

import dev.orderwire.auth.AuthOptions;
import dev.orderwire.change.OrderwireException;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/** Who may connect. */
public record AuthSettings(
    @Setting(
            defaultValue = "none",
            description =
                "`none`, the only mode: everybody who can reach the port may read every"
                    + " watched table. To listen beyond loopback, set it explicitly, or"
                    + " `auth.jwt` or `auth.keys` instead.")
        String mode,
    Jwt jwt,
    @Setting(
            defaultValue = "claims.role",
            description =
                "The claim with the role of a token, or with a list of roles: `claims.NAME`,"
                    + " or `claims.NAME.NAME` for a claim inside another one.")
        String role,
    @Setting(
            defaultValue = "",
            description =
                "The accepted API keys: a map of names to the settings below. Several at once"
                    + " let you replace one without an interruption.")
        Map<String, ApiKey> keys) {
  public AuthSettings {
    keys = Collections.unmodifiableMap(new LinkedHashMap<>(keys));
  }

  /**
   * Which credentials are accepted; empty if there is no authentication.
   *
   * @throws OrderwireException {@code bad_settings}, with all problems
   */
  public Optional<AuthOptions> options() {
    Problems problems = new Problems();
    Optional<AuthOptions> options = Authentication.read(this, problems);
    problems.throwIfAny();
    return options;
  }

  /** Which tokens are accepted: one of secret, publicKey and jwks, and what else must be so. */
  public record Jwt(
      @Setting(
              defaultValue = "",
              description =
                  "The secret that the issuer signs tokens with, as text of at least 32 bytes in"
                      + " UTF-8; 48 for HS384, 64 for HS512.")
          String secret,
      @Setting(
              defaultValue = "",
              description =
                  "The public key of the issuer, or a certificate with it, in PEM, or the path of"
                      + " a file with it: RSA of at least 2048 bits, EC on P-256, P-384 or P-521, or"
                      + " Ed25519.")
          String publicKey,
      @Setting(
              defaultValue = "",
              description =
                  "The address of the issuer's keys (JWKS): `https://…`, or `http://…` on"
                      + " loopback. Keys are read again after five minutes, and for an unknown key at"
                      + " once, at most every ten seconds; if that fails, known keys serve for up to"
                      + " an hour.")
          String jwks,
      @Setting(
              defaultValue = "",
              description = "What the token's `iss` must be; empty means any issuer.")
          String issuer,
      @Setting(
              defaultValue = "",
              description =
                  "What the token's `aud` must contain; of a list, one. Empty means any: then"
                      + " tokens that the issuer made for other services are accepted too.")
          List<String> audience,
      @Setting(
              defaultValue = "",
              description =
                  "The accepted algorithms; empty means `HS256` with a secret, and otherwise all"
                      + " that fit the key, of `RS256`, `RS384`, `RS512`, `PS256`, `PS384`, `PS512`,"
                      + " `ES256`, `ES384`, `ES512`, `EdDSA` and `Ed25519`.")
          List<String> algorithms,
      @Setting(
              defaultValue = "30",
              max = 300,
              description =
                  "By how many seconds the clocks of the issuer and of this machine may differ.")
          int clockSkewSeconds) {
    public Jwt {
      audience = List.copyOf(audience);
      algorithms = List.copyOf(algorithms);
    }

    /** Without the secret. */
    @Override
    public String toString() {
      return "Jwt[publicKey=%s, jwks=%s, issuer=%s, audience=%s, algorithms=%s]"
          .formatted(publicKey, jwks, issuer, audience, algorithms);
    }
  }

  /** An API key that is accepted. */
  public record ApiKey(
      @Setting(
              defaultValue = "",
              description =
                  "The SHA-256 of the key, in hexadecimal; required. `./orderwire key` makes a key"
                      + " and prints it.")
          String hash,
      @Setting(defaultValue = "", description = "The role of its holder, or a list of roles.")
          List<String> role,
      @Setting(
              defaultValue = "",
              description = "The claims of its holder: a map of names to texts or lists of texts.")
          Map<String, JsonNode> claims) {
    public ApiKey {
      role = List.copyOf(role);
      claims = Map.copyOf(claims);
    }
  }
}
