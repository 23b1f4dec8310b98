package dev.orderwire.tls;

import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What a server proves its name with.
 *
 * @param chain its certificate, then those of the authorities between it and the root
 * @param key the key of its certificate
 */
public record Identity(List<X509Certificate> chain, PrivateKey key) {
  public Identity {
    chain = List.copyOf(chain);
  }

  /**
   * Reads the certificates and the key.
   *
   * @throws IOException if they cannot be used; the message names the file and the way out
   */
  public static Identity read(Path certificate, Path key) throws IOException {
    List<X509Certificate> chain = new PemFile(certificate).certificates();
    PublicKey ofCertificate = chain.getFirst().getPublicKey();
    PrivateKey read = new PemFile(key).privateKey(ofCertificate.getAlgorithm());
    if (!fits(read, ofCertificate)) {
      throw new IOException(
          "the key in %s is not that of the first certificate in %s".formatted(key, certificate));
    }
    return new Identity(chain, read);
  }

  private static boolean fits(PrivateKey key, PublicKey ofCertificate) {
    byte[] text = {1};
    try {
      Signature signature = Signature.getInstance(signatureOf(key.getAlgorithm()));
      signature.initSign(key);
      signature.update(text);
      byte[] signed = signature.sign();
      signature.initVerify(ofCertificate);
      signature.update(text);
      return signature.verify(signed);
    } catch (GeneralSecurityException e) {
      return false;
    }
  }

  private static String signatureOf(String algorithm) {
    return switch (algorithm) {
      case "RSA" -> "SHA256withRSA";
      case "EC" -> "SHA256withECDSA";
      default -> algorithm;
    };
  }

  /** The server's own certificate. */
  public X509Certificate certificate() {
    return chain.getFirst();
  }

  /** Why clients will refuse the certificate at this time; empty if its time is right. */
  public Optional<String> outOfTime(Instant now) {
    Instant begin = certificate().getNotBefore().toInstant();
    Instant end = certificate().getNotAfter().toInstant();
    if (now.isAfter(end)) {
      return Optional.of("expired at " + end);
    }
    return now.isBefore(begin) ? Optional.of("is not valid before " + begin) : Optional.empty();
  }
}
