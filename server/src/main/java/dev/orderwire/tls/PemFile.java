package dev.orderwire.tls;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A file with blocks of base64 between {@code -----BEGIN LABEL-----} and its end (RFC 7468). */
final class PemFile {
  private static final Pattern BLOCK =
      Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----(.*?)-----END \\1-----", Pattern.DOTALL);

  private record Block(String label, String base64) {
    /**
     * @throws IllegalArgumentException if this is not base64
     */
    byte[] bytes() {
      return Base64.getMimeDecoder().decode(base64);
    }
  }

  private final Path file;
  private final List<Block> blocks = new ArrayList<>();

  /**
   * @throws IOException if the file cannot be read, with a message that names it
   */
  PemFile(Path file) throws IOException {
    this.file = file;
    Matcher found = BLOCK.matcher(text());
    while (found.find()) {
      blocks.add(new Block(found.group(1), found.group(2)));
    }
  }

  private String text() throws IOException {
    try {
      return Files.readString(file, StandardCharsets.ISO_8859_1);
    } catch (NoSuchFileException e) {
      throw new IOException("there is no file %s".formatted(file), e);
    } catch (IOException e) {
      throw new IOException("cannot read %s: %s".formatted(file, e), e);
    }
  }

  /** All certificates, at least one. */
  List<X509Certificate> certificates() throws IOException {
    List<X509Certificate> certificates = new ArrayList<>();
    try {
      CertificateFactory factory = CertificateFactory.getInstance("X.509");
      for (Block block : blocks) {
        if (block.label.equals("CERTIFICATE")) {
          certificates.add(
              (X509Certificate)
                  factory.generateCertificate(new ByteArrayInputStream(block.bytes())));
        }
      }
    } catch (CertificateException | IllegalArgumentException e) {
      throw new IOException("%s has a damaged certificate: %s".formatted(file, e.getMessage()), e);
    }
    if (certificates.isEmpty()) {
      throw new IOException(
          "%s has no certificate in PEM form (-----BEGIN CERTIFICATE-----)".formatted(file));
    }
    return certificates;
  }

  /**
   * The private key.
   *
   * @param algorithm that of the certificate's key
   */
  PrivateKey privateKey(String algorithm) throws IOException {
    for (Block block : blocks) {
      switch (block.label) {
        case "PRIVATE KEY" -> {
          return privateKey(block, algorithm);
        }
        case "ENCRYPTED PRIVATE KEY" -> throw encrypted();
        case "RSA PRIVATE KEY", "EC PRIVATE KEY" -> {
          if (block.base64.contains("ENCRYPTED")) {
            throw encrypted();
          }
          throw new IOException(
              "%s has a key in an older form than PKCS#8: convert it by openssl pkcs8 -topk8 -nocrypt -in %s -out NEW_FILE"
                  .formatted(file, file));
        }
        default -> {
          // Certificates and parameters may stand in the same file.
        }
      }
    }
    throw new IOException(
        "%s has no private key in PEM form (-----BEGIN PRIVATE KEY-----)".formatted(file));
  }

  private IOException encrypted() {
    return new IOException(
        "the key in %s is encrypted, and there is no setting for its password: decrypt it by openssl pkey -in %s -out NEW_FILE, which only the server's user may read"
            .formatted(file, file));
  }

  private PrivateKey privateKey(Block block, String algorithm) throws IOException {
    try {
      return KeyFactory.getInstance(algorithm)
          .generatePrivate(new PKCS8EncodedKeySpec(block.bytes()));
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      throw new IOException(
          "%s has no %s key, such as that of the certificate".formatted(file, algorithm), e);
    }
  }
}
