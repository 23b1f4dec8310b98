package dev.orderwire.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.orderwire.auth.policy.ClaimPath;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPairGenerator;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class VerificationKeyTest {
  /** Made with {@code openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes}. */
  private static final String CERTIFICATE =
      """
      -----BEGIN CERTIFICATE-----
      MIIBdjCCARugAwIBAgIUZr+ddH4VEvCaBeU91hPyHIhEL+UwCgYIKoZIzj0EAwIw
      DzENMAsGA1UEAwwEdGVzdDAgFw0yNjExMjkxMjU3NTFaGA8yMTI2MTEwNTEyNTc1
      MVowDzENMAsGA1UEAwwEdGVzdDBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABEJZ
      grS9e9J9XEZbumzEopB56pXrRPM8OM3CBLYncrUCG2YmAcMUpsXV1mSGVxWoLd6G
      Hi2RnhmhtTOXYXcKRfOjUzBRMB0GA1UdDgQWBBQ0QjYARumpbChtM0VAKL7qcVsH
      uDAfBgNVHSMEGDAWgBQ0QjYARumpbChtM0VAKL7qcVsHuDAPBgNVHRMBAf8EBTAD
      AQH/MAoGCCqGSM49BAMCA0kAMEYCIQD9C9Vzjh8p8XLciKAej69QUSQEHpzMTjGW
      jBt/2AspkQIhAMX1GKwFVizjrtJWvzJQ7KwLpjh1SmuIyxesjXErhq6Z
      -----END CERTIFICATE-----
      """;

  @TempDir private Path folder;

  @Test
  void aPublicKeyIsTextOrAFile() throws IOException {
    String pem = Keys.pem(Keys.P256);
    Path file = Files.writeString(folder.resolve("key.pem"), "our key:\n" + pem);

    VerificationKey expected = new VerificationKey.FixedKey(Keys.P256.getPublic());
    assertThat(VerificationKey.publicKey(pem)).isEqualTo(expected);
    assertThat(VerificationKey.publicKey(pem.replace("\n", "\\n"))).isEqualTo(expected);
    assertThat(VerificationKey.publicKey(pem.replace("\n", "\r\n"))).isEqualTo(expected);
    assertThat(VerificationKey.publicKey(file.toString())).isEqualTo(expected);
    assertThat(VerificationKey.publicKey(CERTIFICATE).preset()).containsExactly(Algorithm.ES256);
  }

  @Test
  void anythingElseIsNoPublicKey() throws Exception {
    assertNoKey(folder.resolve("none.pem").toString(), "readable file");
    assertNoKey(folder.toString(), "PEM");
    assertNoKey("a\0b", "readable file");
    assertNoKey("-----BEGIN PUBLIC KEY-----", "PEM");
    assertNoKey(Keys.pem("PUBLIC KEY", new byte[20]), "RSA, EC nor Ed25519");
    assertNoKey(Keys.pem("CERTIFICATE", new byte[20]), "Java can read");
    assertNoKey(Keys.pem("RSA PUBLIC KEY", new byte[20]), "openssl rsa");
    assertNoKey(Keys.pem(Keys.RSA) + Keys.pem(Keys.P256), "one key only");
    assertNoKey(Keys.pem(Keys.rsa(1024)), "at least 2048 bits");
    assertNoKey(
        Keys.pem(
            "PUBLIC KEY",
            KeyPairGenerator.getInstance("X25519").generateKeyPair().getPublic().getEncoded()),
        "RSA, EC nor Ed25519");
  }

  @Test
  void aPrivateKeyIsNotAcceptedAndNotShown() {
    String pem = Keys.pem("PRIVATE KEY", Keys.P256.getPrivate().getEncoded());

    assertThatThrownBy(() -> VerificationKey.publicKey(pem))
        .hasMessageContaining("not the private one")
        .hasMessageNotContaining(pem.lines().toList().get(1));
  }

  private static void assertNoKey(String text, String reason) {
    assertThatThrownBy(() -> VerificationKey.publicKey(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(reason);
  }

  @Test
  void aSecretIsLongEnoughForItsAlgorithmsAndNeverShown() {
    assertThatThrownBy(() -> VerificationKey.secret("s3cret".repeat(5)))
        .hasMessageContaining("at least 32 bytes, not 30")
        .hasMessageNotContaining("s3cret");
    VerificationKey secret = VerificationKey.secret("é".repeat(16));
    assertThat(secret.toString()).doesNotContain("é");
    assertThat(secret.preset()).containsExactly(Algorithm.HS256);
    assertThatThrownBy(() -> Algorithm.allowed(List.of("HS256", "HS512"), secret))
        .hasMessageContaining("HS512, which needs a secret of at least 64 bytes");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://idp.example/jwks.json",
        "https://idp.example:8443/a?b=c",
        "http://localhost:8080/jwks",
        "http://127.0.0.1:1/jwks",
        "http://127.1.2.3/jwks",
        "http://[::1]:8080/jwks"
      })
  void keysComeByHttpsOrFromThisMachine(String address) {
    assertThat(VerificationKey.jwks(address).preset()).isEqualTo(Algorithm.asymmetric());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://idp.example/jwks.json",
        "http://127.0.0.1.nip.example/jwks",
        "http://localhost.example/jwks",
        "http://10.0.0.1/jwks",
        "http://0.0.0.0/jwks",
        "http://[::ffff:10.0.0.1]/jwks",
        "https://user:s3cret@idp.example/jwks",
        "https://idp.example/jwks#a",
        "https:/jwks",
        "file:///etc/passwd",
        "jar:https://idp.example/a!/b",
        "ftp://idp.example/jwks",
        "idp.example/jwks.json",
        "not an address",
        ""
      })
  void otherAddressesAreNotAccepted(String address) {
    assertThatThrownBy(() -> VerificationKey.jwks(address))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("http is allowed on loopback only")
        .hasMessageNotContaining("s3cret");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "RS256|RS384|accept",
        "RS256|HS256|everybody who knows the public key",
        "RS256|ES256|must contain only RS256",
        "ES256|ES384|must contain only ES256",
        "ES256|HS512|everybody who knows the public key",
        "ES256|none|everybody could write such tokens",
        "ES256|None|everybody could write such tokens",
        "ES256|es256|not 'es256'",
        "HS256|ES256|needs auth.jwt.public-key or auth.jwt.jwks",
        "JWKS|HS256|everybody who knows the public key",
        "JWKS|EdDSA|accept",
      })
  void algorithmsFitTheKey(String kind, String algorithm, String outcome) {
    VerificationKey key =
        switch (kind) {
          case "RS256" -> VerificationKey.publicKey(Keys.pem(Keys.RSA));
          case "ES256" -> VerificationKey.publicKey(Keys.pem(Keys.P256));
          case "HS256" -> VerificationKey.secret("s".repeat(32));
          default -> VerificationKey.jwks("https://idp.example/jwks");
        };
    if (outcome.equals("accept")) {
      assertThat(Algorithm.allowed(List.of(algorithm), key))
          .containsExactly(Algorithm.of(algorithm).orElseThrow());
    } else {
      assertThatThrownBy(() -> Algorithm.allowed(List.of(algorithm), key))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining(outcome);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"role", "claims.", "claims", "claims..a", "claims.a.", ""})
  void aClaimIsNamedInFull(String path) {
    assertThatThrownBy(() -> ClaimPath.parse(path))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("must be claims.NAME");
  }
}
