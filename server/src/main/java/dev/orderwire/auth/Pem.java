package dev.orderwire.auth;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.cert.CertificateFactory;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A public key as PEM text (RFC 7468), of its own or in a certificate. */
final class Pem {
  private static final Pattern BLOCK =
      Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----([^-]*)-----END \\1-----");

  private static final int MAX_BYTES = 65_536;

  private Pem() {}

  /**
   * @param pemOrFile the text, or the path of a file with it; in the text, {@code \n} may stand for
   *     a line's end, as variables often have one line only
   * @throws IllegalArgumentException the message continues the setting's name
   */
  static PublicKey publicKey(String pemOrFile) {
    String pem = pemOrFile.contains("-----BEGIN") ? pemOrFile : contents(pemOrFile);
    Matcher block = BLOCK.matcher(pem.replace("\\n", "\n"));
    if (!block.find()) {
      throw new IllegalArgumentException(
          "must be a public key in PEM (-----BEGIN PUBLIC KEY-----), or the path of a file with one");
    }
    String type = block.group(1);
    String body = block.group(2);
    if (block.find()) {
      throw new IllegalArgumentException("must have one key only; use auth.jwt.jwks for several");
    }
    PublicKey key = decoded(type, body);
    if (Algorithm.fitting(key).isEmpty()) {
      throw new IllegalArgumentException(
          "must be an RSA key of at least 2048 bits, an EC key on P-256, P-384 or P-521, or an Ed25519 key");
    }
    return key;
  }

  private static String contents(String file) {
    try {
      Path path = Path.of(file);
      if (Files.size(path) > MAX_BYTES) {
        throw new IllegalArgumentException("names the file %s, which is no PEM".formatted(file));
      }
      return Files.readString(path, StandardCharsets.ISO_8859_1);
    } catch (IOException | InvalidPathException e) {
      throw new IllegalArgumentException(
          "must be a public key in PEM, or the path of a readable file with one: " + e, e);
    }
  }

  private static PublicKey decoded(String type, String body) {
    try {
      byte[] der = Base64.getMimeDecoder().decode(body);
      return switch (type) {
        case "PUBLIC KEY" -> ofAnyKind(new X509EncodedKeySpec(der));
        case "CERTIFICATE" ->
            CertificateFactory.getInstance("X.509")
                .generateCertificate(new ByteArrayInputStream(der))
                .getPublicKey();
        case "RSA PUBLIC KEY" ->
            throw new IllegalArgumentException(
                "must be in the usual form: `openssl rsa -RSAPublicKey_in -in FILE -pubout` converts it");
        default ->
            throw new IllegalArgumentException(
                type.endsWith("PRIVATE KEY")
                    ? "must be the public key, not the private one: `openssl pkey -in FILE -pubout` prints it"
                    : "must be a PUBLIC KEY or a CERTIFICATE");
      };
    } catch (GeneralSecurityException e) {
      throw new IllegalArgumentException("must be a public key that Java can read: " + e, e);
    }
  }

  private static PublicKey ofAnyKind(X509EncodedKeySpec spec) throws GeneralSecurityException {
    for (String kind : List.of("RSA", "EC", "Ed25519")) {
      try {
        return KeyFactory.getInstance(kind).generatePublic(spec);
      } catch (InvalidKeySpecException e) {
        // Of another kind.
      }
    }
    throw new InvalidKeySpecException("neither RSA, EC nor Ed25519");
  }
}
