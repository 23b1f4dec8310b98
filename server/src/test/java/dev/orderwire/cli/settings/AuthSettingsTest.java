package dev.orderwire.cli.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.orderwire.auth.Algorithm;
import dev.orderwire.auth.ApiKey;
import dev.orderwire.auth.AuthOptions;
import dev.orderwire.auth.JwtOptions;
import dev.orderwire.auth.VerificationKey;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.node.JsonNodeFactory;

final class AuthSettingsTest {
  private static final String SECRET = "a s3cret of more than 32 bytes, which nobody may see";
  private static final String HASH = "0123456789abcdef".repeat(4);

  @TempDir private Path folder;

  @Test
  void withoutASettingThereIsNoAuthentication() {
    assertThat(load(Map.of()).auth().options()).isEmpty();
  }

  @Test
  void aSecretIsEnough() {
    AuthOptions options = options(Map.of("ORDERWIRE_AUTH_JWT_SECRET", SECRET));

    JwtOptions jwt = options.jwt().orElseThrow();
    assertThat(jwt.key()).isInstanceOf(VerificationKey.SharedSecret.class);
    assertThat(jwt.algorithms()).containsExactly(Algorithm.HS256);
    assertThat(jwt.issuer()).isEmpty();
    assertThat(jwt.clockSkew()).isEqualTo(Duration.ofSeconds(30));
    assertThat(options.role()).hasToString("claims.role");
    assertThat(options.warnings()).isEmpty();
  }

  @Test
  void everySettingOfTokensIsRead() throws IOException {
    write(
        """
        auth:
          jwt:
            jwks: https://idp.example/jwks.json
            issuer: https://idp.example
            audience: [orderwire, shop]
            algorithms: [ES256, EdDSA]
            clock-skew-seconds: 5
          role: claims.realm_access.roles
        """);

    AuthOptions options = options(Map.of());

    JwtOptions jwt = options.jwt().orElseThrow();
    assertThat(jwt.key())
        .isEqualTo(new VerificationKey.JwksAddress(URI.create("https://idp.example/jwks.json")));
    assertThat(jwt.issuer()).contains("https://idp.example");
    assertThat(jwt.audience()).containsExactly("orderwire", "shop");
    assertThat(jwt.algorithms()).containsExactlyInAnyOrder(Algorithm.ES256, Algorithm.EDDSA);
    assertThat(jwt.clockSkew()).isEqualTo(Duration.ofSeconds(5));
    assertThat(options.role()).hasToString("claims.realm_access.roles");
    assertThat(options.warnings()).isEmpty();
  }

  @Test
  void tokensOfOtherServicesAreWorthAWarning() {
    assertThat(options(Map.of("ORDERWIRE_AUTH_JWT_JWKS", "https://idp.example/k")).warnings())
        .hasSize(2)
        .anyMatch(warning -> warning.contains("auth.jwt.audience is not set"))
        .anyMatch(warning -> warning.contains("auth.jwt.issuer is not set"));
  }

  @Test
  void keysHaveRolesAndClaims() throws IOException {
    write(
        """
        auth:
          keys:
            reports:
              hash: "%s"
              role: [staff, auditor]
              claims: {sub: 7, regions: [eu, us]}
            billing.eu:
              hash: %s
              role: customer
        """
            .formatted(HASH, HASH.replace('0', 'f')));

    JsonNodeFactory json = JsonNodeFactory.instance;
    assertThat(options(Map.of()).keys())
        .containsExactly(
            new ApiKey(
                "reports",
                HASH,
                List.of("staff", "auditor"),
                Map.of(
                    "sub", json.stringNode("7"), "regions", json.arrayNode().add("eu").add("us"))),
            new ApiKey("billing.eu", HASH.replace('0', 'f'), List.of("customer"), Map.of()));
  }

  @Test
  void keysOfALaterSourceReplaceAllOthers() throws IOException {
    write("auth.keys: {old: {hash: '%s', role: a}}".formatted(HASH));

    AuthOptions options =
        options(
            Map.of("ORDERWIRE_AUTH_KEYS", "{new: {hash: '%s', claims: {a: b}}}".formatted(HASH)));

    assertThat(options.keys())
        .containsExactly(
            new ApiKey(
                "new", HASH, List.of(), Map.of("a", JsonNodeFactory.instance.stringNode("b"))));
  }

  @Test
  void allProblemsAreReportedTogetherAndNoneShowsASecret() throws IOException {
    write(
        """
        auth:
          mode: jwt
          role: role
          jwt:
            secret: too s3cret
            algorithms: RS256
            clock-skew-seconds: 301
            isuer: x
          keys:
            a: {hash: ow_s3cret}
            b: {hash: "%s", rol: x}
            ow_s3cret: {hash: "%s"}
        """
            .formatted(HASH, HASH));

    assertThatThrownBy(() -> load(Map.of()))
        .hasMessageContaining("auth.mode must be none, the only mode, not 'jwt'")
        .hasMessageContaining("auth.role must be claims.NAME")
        .hasMessageContaining("auth.jwt.secret must have at least 32 bytes, not 10")
        .hasMessageContaining("auth.jwt.clock-skew-seconds (orderwire.yaml line 7) must be")
        .hasMessageContaining(
            "auth.jwt.isuer (orderwire.yaml line 8) is not a setting; did you mean auth.jwt.issuer?")
        .hasMessageContaining("auth.keys.a must have as its hash the SHA-256 of the key")
        .hasMessageContaining("did you mean auth.keys.b.role?")
        .hasMessageContaining("auth.keys must have a name of up to 64 letters")
        .hasMessageStartingWith("8 problems")
        .hasMessageNotContaining("s3cret");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "auth: {jwt: {issuer: a}}|auth.jwt needs one of auth.jwt.secret",
        "auth: {jwt: {secret: ''}}|auth.jwt needs one of auth.jwt.secret",
        "auth: {jwt: }|auth.jwt needs one of auth.jwt.secret",
        "auth: {jwt: s3cret}|auth.jwt (orderwire.yaml line 1) must be a map with auth.jwt.secret",
        "auth: {keys: {}}|auth.keys has no key",
        "auth: {keys: {a: }}|auth.keys.a must have as its hash",
        "auth: {keys: [ow_s3cret]}|auth.keys must have a name",
        "auth: {role: claims.role}|auth.role has no effect without auth.jwt",
        "auth: {jwt: {secret: SECRET, jwks: 'https://a.example'}}|only one of auth.jwt.secret, auth.jwt.jwks",
        "auth: {jwt: {jwks: 'http://a.example'}}|auth.jwt.jwks must be an address such as https",
        "auth: {jwt: {jwks: 'https://a.example', algorithms: [HS256]}}|auth.jwt.algorithms must not contain HS256",
        "auth: {jwt: {secret: SECRET, algorithms: HS512}}|auth.jwt.algorithms contains HS512, which needs",
        "auth: {jwt: {public-key: /nowhere/key.pem}}|auth.jwt.public-key must be a public key in PEM",
        "auth: {mode: none, jwt: {secret: SECRET}}|remove auth.mode to authenticate clients",
        "auth: {keys: {a: {hash: HASH}, b: {hash: HASH}}}|auth.keys must not have the key of b twice",
        "auth: {keys: {a: {hash: HASH, claims: {x: {y: z}}}}}|auth.keys.a.claims.x.y",
      })
  void aSettingThatCannotWorkIsAProblem(String yaml, String problem) throws IOException {
    write(yaml.replace("SECRET", "'" + SECRET + "'").replace("HASH", "'" + HASH + "'"));

    assertThatThrownBy(() -> load(Map.of()))
        .hasMessageContaining(problem)
        .hasMessageNotContaining("s3cret");
  }

  @Test
  void withAuthenticationTheServerMayListenBeyondLoopback() {
    assertThat(
            load(Map.of("ORDERWIRE_SERVER_HOST", "0.0.0.0", "ORDERWIRE_AUTH_JWT_SECRET", SECRET))
                .server()
                .host())
        .isEqualTo("0.0.0.0");
    assertThatThrownBy(
            () -> load(Map.of("ORDERWIRE_SERVER_HOST", "0.0.0.0", "ORDERWIRE_AUTH_JWT_SECRET", "")))
        .hasMessageContaining("set auth.jwt or auth.keys");
  }

  @Test
  void theSecretIsNotInTheTextOfTheSettings() {
    Settings settings = load(Map.of("ORDERWIRE_AUTH_JWT_SECRET", SECRET));

    assertThat(settings.toString()).doesNotContain("s3cret");
    assertThat(settings.auth().options().toString()).doesNotContain("s3cret");
  }

  private void write(String yaml) throws IOException {
    Files.writeString(folder.resolve("orderwire.yaml"), yaml);
  }

  private AuthOptions options(Map<String, String> environment) {
    return load(environment).auth().options().orElseThrow();
  }

  private Settings load(Map<String, String> environment) {
    return SettingsLoader.load(List.of(folder), Optional.empty(), environment, Map.of());
  }
}
