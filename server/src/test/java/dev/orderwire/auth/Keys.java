package dev.orderwire.auth;

import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.EdECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.Locale;

/** Key pairs, and how they are written down. Each is made once, as RSA takes long. */
public final class Keys {
  public static final KeyPair RSA = rsa(2048);
  static final KeyPair OTHER_RSA = rsa(2048);
  public static final KeyPair P256 = ec("secp256r1");
  static final KeyPair P384 = ec("secp384r1");
  static final KeyPair P521 = ec("secp521r1");
  static final KeyPair ED25519 = pair("Ed25519");

  private Keys() {}

  /** Another pair on the curve of {@link #P256}. */
  public static KeyPair otherP256() {
    return ec("secp256r1");
  }

  static KeyPair rsa(int bits) {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
      generator.initialize(bits);
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static KeyPair ec(String curve) {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec(curve));
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static KeyPair pair(String kind) {
    try {
      return KeyPairGenerator.getInstance(kind).generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The public key in PEM. */
  static String pem(KeyPair pair) {
    return pem("PUBLIC KEY", pair.getPublic().getEncoded());
  }

  static String pem(String type, byte[] der) {
    return "-----BEGIN %s-----\n%s\n-----END %s-----\n"
        .formatted(type, Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der), type);
  }

  /** The public key as JSON Web Key, with further members such as {@code "kid":"a"}. */
  public static String jwk(KeyPair pair, String further) {
    String members =
        switch (pair.getPublic()) {
          case RSAPublicKey rsa ->
              "'kty':'RSA','n':'%s','e':'%s'"
                  .formatted(number(rsa.getModulus(), 0), number(rsa.getPublicExponent(), 0));
          case ECPublicKey ec -> {
            int bits = ec.getParams().getCurve().getField().getFieldSize();
            int bytes = (bits + 7) / 8;
            yield "'kty':'EC','crv':'P-%d','x':'%s','y':'%s'"
                .formatted(
                    bits,
                    number(ec.getW().getAffineX(), bytes),
                    number(ec.getW().getAffineY(), bytes));
          }
          case EdECPublicKey ed -> {
            byte[] der = ed.getEncoded();
            yield "'kty':'OKP','crv':'Ed25519','x':'%s'"
                .formatted(base64(Arrays.copyOfRange(der, der.length - 32, der.length)));
          }
          default -> throw new IllegalArgumentException(pair.getPublic().getAlgorithm());
        };
    return "{%s%s}".formatted(members, further.isEmpty() ? "" : "," + further).replace('\'', '"');
  }

  /** A JSON Web Key Set. */
  static String jwks(String... keys) {
    return String.format(Locale.ROOT, "{\"keys\":[%s]}", String.join(",", keys));
  }

  private static String number(BigInteger number, int bytes) {
    byte[] signed = number.toByteArray();
    int length = Math.max(bytes, (number.bitLength() + 7) / 8);
    byte[] unsigned = new byte[length];
    int count = Math.min(length, signed.length);
    System.arraycopy(signed, signed.length - count, unsigned, length - count, count);
    return base64(unsigned);
  }

  static String base64(byte[] bytes) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }
}
