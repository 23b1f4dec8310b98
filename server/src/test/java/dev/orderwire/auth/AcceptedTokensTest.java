package dev.orderwire.auth;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orderwire.auth.policy.ClaimPath;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.node.JsonNodeFactory;

final class AcceptedTokensTest {
  private static final String SECRET = "s".repeat(64);
  private static final Instant NOW = Instant.ofEpochSecond(1_800_000_000);
  private static final String CLAIMS = "'sub':'7','exp':1800000600";

  static Stream<Arguments> keys() {
    return Stream.of(
        Arguments.of("RS256", Keys.RSA),
        Arguments.of("RS384", Keys.RSA),
        Arguments.of("RS512", Keys.RSA),
        Arguments.of("PS256", Keys.RSA),
        Arguments.of("PS384", Keys.RSA),
        Arguments.of("PS512", Keys.RSA),
        Arguments.of("ES256", Keys.P256),
        Arguments.of("ES384", Keys.P384),
        Arguments.of("ES512", Keys.P521),
        Arguments.of("EdDSA", Keys.ED25519),
        Arguments.of("Ed25519", Keys.ED25519));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("keys")
  void aTokenThatTheHolderOfTheKeySigned(String algorithm, KeyPair pair) {
    Authenticator authenticator =
        by(VerificationKey.publicKey(Keys.pem(pair)), List.of(algorithm), "claims.role");
    String token = Forge.signed(algorithm, pair.getPrivate(), "{" + CLAIMS + ",'jti':'t1'}");

    Identity identity = authenticator.authenticate(token);

    assertThat(identity.name()).isEqualTo("7");
    assertThat(identity.tokenId()).isEqualTo("t1");
    // With the clock skew of 30 s.
    assertThat(identity.expires()).isEqualTo(NOW.plusSeconds(630));
    assertThat(identity.claims().keySet()).containsExactlyInAnyOrder("sub", "exp", "jti");
  }

  @ParameterizedTest
  @CsvSource({"HS256,256", "HS384,384", "HS512,512"})
  void aTokenThatTheHolderOfTheSecretSigned(String algorithm, String bits) {
    Authenticator authenticator =
        by(VerificationKey.secret(SECRET), List.of(algorithm), "claims.role");

    assertThat(authenticator.authenticate(hmac(bits, algorithm, "{" + CLAIMS + "}")).name())
        .isEqualTo("7");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "claims.role|'role':'staff'|[staff]",
        "claims.role|'role':['a','b','a']|[a, b]",
        "claims.role|'role':[]|[]",
        "claims.role|'role':null|[]",
        "claims.role|'roles':'staff'|[]",
        "claims.realm_access.roles|'realm_access':{'roles':['a']}|[a]",
        "claims.realm_access.roles|'realm_access':['roles']|[]",
        "claims.realm_access.roles|'realm_access':'roles'|[]",
        "claims.realm_access.roles|'realm_access.roles':'a'|[]",
        "claims.https://shop.example/role|'https://shop.example/role':'a'|[a]",
        "claims.cognito:groups|'cognito:groups':['a']|[a]",
      })
  void theRolesAreWhereTheSettingSays(String path, String claim, String roles) {
    Authenticator authenticator = by(VerificationKey.secret(SECRET), List.of(), path);
    String token = hmac("256", "HS256", "{%s,%s}".formatted(CLAIMS, claim));

    assertThat(authenticator.authenticate(token).roles()).hasToString(roles);
  }

  @Test
  void aHeaderMayNameItsTypeAndFurtherParameters() {
    Authenticator authenticator = by(VerificationKey.secret(SECRET), List.of(), "claims.role");
    for (String further :
        List.of("'typ':'JWT'", "'typ':'at+jwt'", "'typ':'application/at+JWT'", "'x5t':'a'")) {
      String header = "{'alg':'HS256',%s}".formatted(further);
      String token =
          Forge.hmac("256", SECRET.getBytes(StandardCharsets.UTF_8), header, "{" + CLAIMS + "}");

      assertThat(authenticator.authenticate(token).name()).as(further).isEqualTo("7");
    }
  }

  @Test
  void numbersInClaimsKeepTheirDigits() {
    Authenticator authenticator = by(VerificationKey.secret(SECRET), List.of(), "claims.role");
    String token =
        hmac(
            "256", "HS256", "{" + CLAIMS + ",'a':18446744073709551615,'b':0.10000000000000000001}");

    Identity identity = authenticator.authenticate(token);

    assertThat(identity.claims().get("a")).hasToString("18446744073709551615");
    assertThat(identity.claims().get("b")).hasToString("0.10000000000000000001");
    assertThat(identity.toString()).doesNotContain("18446744073709551615");
  }

  @Test
  void aTestTokenIsAccepted() {
    AuthOptions options =
        options(VerificationKey.secret(SECRET), List.of("HS512"), "claims.realm.roles");

    String token =
        TestToken.sign(
            options,
            List.of("a", "b"),
            Map.of("region", JsonNodeFactory.instance.stringNode("eu")),
            Duration.ofMinutes(5),
            NOW);
    Identity identity = Credentials.of(options, InstantSource.fixed(NOW)).authenticate(token);

    assertThat(identity.name()).isEqualTo("test");
    assertThat(identity.roles()).containsExactly("a", "b");
    assertThat(identity.expires()).isEqualTo(NOW.plusSeconds(330));
    assertThat(identity.tokenId()).isNotNull();
    assertThat(identity.claims().get("region")).hasToString("\"eu\"");
  }

  private static String hmac(String bits, String algorithm, String payload) {
    String header = "{'alg':'%s'}".formatted(algorithm);
    return Forge.hmac(bits, SECRET.getBytes(StandardCharsets.UTF_8), header, payload);
  }

  private static Authenticator by(VerificationKey key, List<String> algorithms, String role) {
    return Credentials.of(options(key, algorithms, role), InstantSource.fixed(NOW));
  }

  private static AuthOptions options(VerificationKey key, List<String> algorithms, String role) {
    JwtOptions jwt =
        new JwtOptions(
            key,
            Optional.empty(),
            List.of(),
            Algorithm.allowed(algorithms, key),
            Duration.ofSeconds(30));
    return new AuthOptions(Optional.of(jwt), ClaimPath.parse(role), List.of());
  }
}
