package dev.orderwire.auth;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.jwk.AsymmetricJWK;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.KeyOperation;
import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.jose.jwk.OctetKeyPair;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.spec.X509EncodedKeySpec;
import java.text.ParseException;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Set;

/** A key of a JSON Web Key Set that can check signatures. */
record JwksKey(PublicKey key, Optional<String> kid, Set<Algorithm> algorithms) {
  /** What precedes the 32 bytes of an Ed25519 key in its DER encoding (RFC 8410, section 4). */
  private static final byte[] ED25519_DER = HexFormat.of().parseHex("302a300506032b6570032100");

  JwksKey {
    algorithms = Set.copyOf(algorithms);
  }

  /**
   * Reads a JSON Web Key.
   *
   * @return empty for a key that is for something else, is unknown or too weak, and for a shared
   *     secret: once it is published, it is no secret
   */
  static Optional<JwksKey> parse(String json) {
    try {
      JWK jwk = JWK.parse(json);
      return isForSignatures(jwk) ? of(jwk) : Optional.empty();
    } catch (ParseException | JOSEException | GeneralSecurityException | RuntimeException e) {
      // Nimbus fails with any of these for a malformed key.
      return Optional.empty();
    }
  }

  private static Optional<JwksKey> of(JWK jwk) throws JOSEException, GeneralSecurityException {
    PublicKey key;
    if (jwk instanceof OctetKeyPair pair) {
      if (!Curve.Ed25519.equals(pair.getCurve())) {
        return Optional.empty();
      }
      key = edwards(pair.getDecodedX());
    } else if (jwk instanceof AsymmetricJWK asymmetric) {
      key = asymmetric.toPublicKey();
    } else {
      return Optional.empty();
    }
    Set<Algorithm> algorithms = EnumSet.noneOf(Algorithm.class);
    algorithms.addAll(Algorithm.fitting(key));
    if (jwk.getAlgorithm() != null) {
      algorithms.removeIf(each -> !each.text().equals(jwk.getAlgorithm().getName()));
    }
    return algorithms.isEmpty()
        ? Optional.empty()
        : Optional.of(new JwksKey(key, Optional.ofNullable(jwk.getKeyID()), algorithms));
  }

  private static boolean isForSignatures(JWK jwk) {
    return (jwk.getKeyUse() == null || jwk.getKeyUse().equals(KeyUse.SIGNATURE))
        && (jwk.getKeyOperations() == null || jwk.getKeyOperations().contains(KeyOperation.VERIFY));
  }

  /** Nimbus does not convert these keys. */
  private static PublicKey edwards(byte[] x) throws GeneralSecurityException {
    byte[] der = new byte[ED25519_DER.length + x.length];
    System.arraycopy(ED25519_DER, 0, der, 0, ED25519_DER.length);
    System.arraycopy(x, 0, der, ED25519_DER.length, x.length);
    return KeyFactory.getInstance("Ed25519").generatePublic(new X509EncodedKeySpec(der));
  }

  boolean fits(Algorithm algorithm, Optional<String> name) {
    return algorithms.contains(algorithm) && (name.isEmpty() || name.equals(kid));
  }
}
