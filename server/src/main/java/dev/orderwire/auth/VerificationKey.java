package dev.orderwire.auth;

import java.net.InetAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.PublicKey;
import java.util.EnumSet;
import java.util.Set;
import javax.crypto.SecretKey;
import javax.crypto.spec.SecretKeySpec;

/**
 * What the signatures of tokens are checked with. Messages of its errors continue a setting's name.
 */
public sealed interface VerificationKey {
  /** The algorithms that are allowed if the user names none. */
  Set<Algorithm> preset();

  /**
   * Checks that an algorithm can be used with this key.
   *
   * @throws IllegalArgumentException if not
   */
  void require(Algorithm algorithm);

  /**
   * A secret that the issuer of the tokens knows too.
   *
   * @param text its bytes in UTF-8 are the key
   * @throws IllegalArgumentException if it is too short for every algorithm
   */
  static VerificationKey secret(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    if (bytes.length < Algorithm.HS256.secretBytes()) {
      throw new IllegalArgumentException(
          "must have at least %d bytes, not %d: `openssl rand -base64 48` makes one"
              .formatted(Algorithm.HS256.secretBytes(), bytes.length));
    }
    return new SharedSecret(new SecretKeySpec(bytes, "HMAC"));
  }

  /**
   * A public key.
   *
   * @param pem the key in PEM, or the path of a file with it
   * @throws IllegalArgumentException if it cannot be read, or is of no use for signatures
   */
  static VerificationKey publicKey(String pem) {
    return new FixedKey(Pem.publicKey(pem));
  }

  /**
   * The address of a JSON Web Key Set (RFC 7517, section 5), which is asked when a key is needed.
   *
   * @throws IllegalArgumentException if it is neither https, nor http on loopback
   */
  static VerificationKey jwks(String text) {
    URI address;
    try {
      address = URI.create(text);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(JwksAddress.EXPECTED, e);
    }
    return new JwksAddress(address);
  }

  /** See {@link #secret}. */
  record SharedSecret(SecretKey key) implements VerificationKey {
    @Override
    public Set<Algorithm> preset() {
      return EnumSet.of(Algorithm.HS256);
    }

    @Override
    public void require(Algorithm algorithm) {
      if (!algorithm.isSymmetric()) {
        throw new IllegalArgumentException(
            "must contain only HS256, HS384 or HS512 with a shared secret, not %s, which needs auth.jwt.public-key or auth.jwt.jwks"
                .formatted(algorithm.text()));
      }
      if (key.getEncoded().length < algorithm.secretBytes()) {
        throw new IllegalArgumentException(
            "contains %s, which needs a secret of at least %d bytes; auth.jwt.secret is shorter"
                .formatted(algorithm.text(), algorithm.secretBytes()));
      }
    }

    /** Without the secret. */
    @Override
    public String toString() {
      return "a shared secret";
    }
  }

  /** See {@link #publicKey}. */
  record FixedKey(PublicKey key) implements VerificationKey {
    @Override
    public Set<Algorithm> preset() {
      return Algorithm.fitting(key);
    }

    @Override
    public void require(Algorithm algorithm) {
      requireAsymmetric(algorithm);
      if (!preset().contains(algorithm)) {
        throw new IllegalArgumentException(
            "must contain only %s with this auth.jwt.public-key, not %s"
                .formatted(Algorithm.texts(preset()), algorithm.text()));
      }
    }
  }

  /** See {@link #jwks}. */
  record JwksAddress(URI address) implements VerificationKey {
    private static final String EXPECTED =
        "must be an address such as https://idp.example/jwks.json; http is allowed on loopback only";

    public JwksAddress {
      boolean secure =
          "https".equals(address.getScheme())
              || ("http".equals(address.getScheme()) && isLoopback(address.getHost()));
      if (!secure
          || address.getHost() == null
          || address.getRawUserInfo() != null
          || address.getRawFragment() != null) {
        throw new IllegalArgumentException(EXPECTED);
      }
    }

    /** By the address itself, since a name could later lead elsewhere. */
    private static boolean isLoopback(String host) {
      if (host == null || host.equals("localhost")) {
        return host != null;
      }
      try {
        return InetAddress.ofLiteral(host.replaceAll("[\\[\\]]", "")).isLoopbackAddress();
      } catch (IllegalArgumentException e) {
        return false;
      }
    }

    @Override
    public Set<Algorithm> preset() {
      return Algorithm.asymmetric();
    }

    @Override
    public void require(Algorithm algorithm) {
      requireAsymmetric(algorithm);
    }
  }

  /** A public key as the secret of an HMAC would let everybody sign: it is public. */
  private static void requireAsymmetric(Algorithm algorithm) {
    if (algorithm.isSymmetric()) {
      throw new IllegalArgumentException(
          "must not contain %s together with a public key or a JWKS address: everybody who knows the public key could sign tokens with it. Use auth.jwt.secret for %s"
              .formatted(algorithm.text(), algorithm.text()));
    }
  }
}
