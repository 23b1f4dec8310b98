package dev.orderwire.auth;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.jwk.Curve;
import java.security.PublicKey;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.EdECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.NamedParameterSpec;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * How a token may be signed (RFC 7518, section 3.1; RFC 8037; RFC 9864). There is no {@code none}.
 */
public enum Algorithm {
  HS256("HS256"),
  HS384("HS384"),
  HS512("HS512"),
  RS256("RS256"),
  RS384("RS384"),
  RS512("RS512"),
  PS256("PS256"),
  PS384("PS384"),
  PS512("PS512"),
  ES256("ES256"),
  ES384("ES384"),
  ES512("ES512"),
  EDDSA("EdDSA"),
  ED25519("Ed25519");

  private static final int SMALLEST_RSA_BITS = 2048;

  private final String text;

  Algorithm(String text) {
    this.text = text;
  }

  /** The algorithm of this name; names are case-sensitive. */
  static Optional<Algorithm> of(String text) {
    return Arrays.stream(values()).filter(each -> each.text().equals(text)).findFirst();
  }

  /** The name in the header of a token: {@code ES256}. */
  public String text() {
    return text;
  }

  /** Whether the key that checks a signature can also make one. */
  boolean isSymmetric() {
    return symmetric().contains(this);
  }

  /** The least length of a shared secret in bytes: that of the hash (RFC 7518, section 3.2). */
  int secretBytes() {
    return Integer.parseInt(name().substring(2)) / 8;
  }

  JWSAlgorithm jws() {
    return JWSAlgorithm.parse(text);
  }

  private static Set<Algorithm> symmetric() {
    return EnumSet.range(HS256, HS512);
  }

  static Set<Algorithm> asymmetric() {
    return EnumSet.range(RS256, ED25519);
  }

  /** The algorithms whose signatures a key can check; none if the key is too weak or unknown. */
  static Set<Algorithm> fitting(PublicKey key) {
    return switch (key) {
      case RSAPublicKey rsa ->
          rsa.getModulus().bitLength() >= SMALLEST_RSA_BITS
              ? EnumSet.range(RS256, PS512)
              : Set.of();
      case ECPublicKey ec -> onCurve(Curve.forECParameterSpec(ec.getParams()));
      case EdECPublicKey ed ->
          ed.getParams().getName().equals(NamedParameterSpec.ED25519.getName())
              ? EnumSet.of(EDDSA, ED25519)
              : Set.of();
      default -> Set.of();
    };
  }

  private static Set<Algorithm> onCurve(Curve curve) {
    if (Curve.P_256.equals(curve)) {
      return EnumSet.of(ES256);
    }
    if (Curve.P_384.equals(curve)) {
      return EnumSet.of(ES384);
    }
    return Curve.P_521.equals(curve) ? EnumSet.of(ES512) : Set.of();
  }

  /**
   * The algorithms of these names, or those of the key if there is no name.
   *
   * @throws IllegalArgumentException if one is unknown or does not fit the key; the message
   *     continues the setting's name
   */
  public static Set<Algorithm> allowed(List<String> names, VerificationKey key) {
    Set<Algorithm> allowed = EnumSet.noneOf(Algorithm.class);
    for (String name : names) {
      Algorithm algorithm =
          of(name)
              .orElseThrow(() ->
                  new IllegalArgumentException(
                      name.equalsIgnoreCase("none")
                          ? "must not contain none: everybody could write such tokens"
                          : "must contain only %s, not '%s'"
                              .formatted(texts(EnumSet.allOf(Algorithm.class)), name)));
      key.require(algorithm);
      allowed.add(algorithm);
    }
    return Collections.unmodifiableSet(allowed.isEmpty() ? key.preset() : allowed);
  }

  static String texts(Set<Algorithm> algorithms) {
    return algorithms.stream().map(Algorithm::text).collect(Collectors.joining(", "));
  }
}
