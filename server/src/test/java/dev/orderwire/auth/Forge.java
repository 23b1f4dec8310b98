package dev.orderwire.auth;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Writes tokens by hand, valid and invalid ones. Uses no library, so that it can write what a
 * library would not. In JSON, {@code '} stands for {@code "}.
 */
public final class Forge {
  private Forge() {}

  /** A token with a signature of these bytes. */
  static String token(String header, String payload, byte[] signature) {
    return unsigned(header, payload) + "." + Keys.base64(signature);
  }

  static String hmac(String bits, byte[] secret, String header, String payload) {
    try {
      Mac mac = Mac.getInstance("HmacSHA" + bits);
      mac.init(new SecretKeySpec(secret, "HMAC"));
      return token(header, payload, mac.doFinal(bytes(unsigned(header, payload))));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /** A token signed as {@code alg} says, with a header of alg alone. */
  static String signed(String alg, PrivateKey key, String payload) {
    return signed(alg, key, "{'alg':'%s'}".formatted(alg), payload);
  }

  public static String signed(String alg, PrivateKey key, String header, String payload) {
    String bits = alg.substring(2);
    try {
      Signature signature =
          switch (alg.substring(0, 2)) {
            case "RS" -> Signature.getInstance("SHA%swithRSA".formatted(bits));
            case "PS" -> {
              Signature pss = Signature.getInstance("RSASSA-PSS");
              pss.setParameter(
                  new PSSParameterSpec(
                      "SHA-" + bits,
                      "MGF1",
                      new MGF1ParameterSpec("SHA-" + bits),
                      Integer.parseInt(bits) / 8,
                      1));
              yield pss;
            }
            case "ES" -> Signature.getInstance("SHA%swithECDSAinP1363Format".formatted(bits));
            default -> Signature.getInstance("Ed25519");
          };
      signature.initSign(key);
      signature.update(bytes(unsigned(header, payload)));
      return token(header, payload, signature.sign());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String unsigned(String header, String payload) {
    return part(header) + "." + part(payload);
  }

  static String part(String json) {
    return Keys.base64(json.replace('\'', '"').getBytes(StandardCharsets.UTF_8));
  }

  private static byte[] bytes(String ascii) {
    return ascii.getBytes(StandardCharsets.US_ASCII);
  }
}
