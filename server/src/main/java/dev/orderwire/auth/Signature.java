package dev.orderwire.auth;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.factories.DefaultJWSVerifierFactory;
import com.nimbusds.jose.util.Base64URL;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.SignatureException;
import java.security.interfaces.EdECPublicKey;

/** Checks the signature of a token with one key. */
final class Signature {
  private static final DefaultJWSVerifierFactory VERIFIERS = new DefaultJWSVerifierFactory();

  private Signature() {}

  /** Whether the holder of this key signed the token. The key must fit the token's algorithm. */
  static boolean isOf(Key key, CompactToken token) {
    byte[] signed = token.signedText().getBytes(StandardCharsets.US_ASCII);
    Base64URL signature = new Base64URL(token.signature());
    if (key instanceof EdECPublicKey edwards) {
      return isOf(edwards, signed, signature.decode());
    }
    // Nothing of the token's own header counts but its algorithm.
    JWSHeader header = new JWSHeader.Builder(token.algorithm().jws()).build();
    try {
      return VERIFIERS.createJWSVerifier(header, key).verify(header, signed, signature);
    } catch (JOSEException e) {
      return false;
    }
  }

  /** By the JDK, since Nimbus needs another library, Tink, for Ed25519. */
  private static boolean isOf(EdECPublicKey key, byte[] signed, byte[] signature) {
    try {
      java.security.Signature check = java.security.Signature.getInstance("Ed25519");
      check.initVerify(key);
      check.update(signed);
      return check.verify(signature);
    } catch (SignatureException e) {
      return false;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java has Ed25519", e);
    }
  }
}
