package dev.orderwire.mysql;

import java.net.Socket;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/** The JDK's checks of MySQL's certificate, with messages that name it and say what to do. */
final class VerifiedMysql extends X509ExtendedTrustManager {
  private static final List<Integer> DNS_OR_ADDRESS = List.of(2, 7);

  private final String host;
  private final X509ExtendedTrustManager jdk;

  /**
   * @param jdk checks the name of the host if the connection asks for that
   */
  VerifiedMysql(String host, X509TrustManager jdk) throws CertificateException {
    if (!(jdk instanceof X509ExtendedTrustManager extended)) {
      throw new CertificateException("this Java checks no names: " + jdk);
    }
    this.host = host;
    this.jdk = extended;
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket)
      throws CertificateException {
    checkServerTrusted(chain, type);
    try {
      jdk.checkServerTrusted(chain, type, socket);
    } catch (CertificateException e) {
      throw refused(
          chain[0],
          "it is for %s, and mysql.host is %s. Set mysql.host to a name of the certificate, or mysql.tls to verify-ca to accept any name"
              .formatted(names(chain[0]), host),
          e);
    }
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine)
      throws CertificateException {
    throw new CertificateException("connections to MySQL are sockets");
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String type) throws CertificateException {
    try {
      jdk.checkServerTrusted(chain, type);
    } catch (CertificateException e) {
      throw refused(
          chain[0],
          isExpired(e)
              ? "it, or that of an authority, has expired. Renew it"
              : "no trusted authority has issued it (%s). Set mysql.tls-ca to the PEM file of the authority"
                  .formatted(e.getMessage()),
          e);
    }
  }

  /** Without a cause: the message of the root is what the log shows. */
  private CertificateException refused(X509Certificate certificate, String why, Exception e) {
    CertificateException refused =
        new CertificateException(
            "the certificate %s that MySQL at %s has sent, issued by %s, is refused: %s"
                .formatted(
                    certificate.getSubjectX500Principal(),
                    host,
                    certificate.getIssuerX500Principal(),
                    why));
    refused.addSuppressed(e);
    return refused;
  }

  private static boolean isExpired(Throwable failure) {
    for (@Nullable Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof CertificateExpiredException) {
        return true;
      }
    }
    return false;
  }

  private static String names(X509Certificate certificate) {
    @Nullable Collection<List<?>> names;
    try {
      names = certificate.getSubjectAlternativeNames();
    } catch (CertificateParsingException e) {
      names = null;
    }
    return names == null
        ? "no host"
        : names.stream()
            .filter(name -> DNS_OR_ADDRESS.contains((Integer) name.getFirst()))
            .map(name -> String.valueOf(name.get(1)))
            .collect(Collectors.joining(", "));
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String type) throws CertificateException {
    jdk.checkClientTrusted(chain, type);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket)
      throws CertificateException {
    jdk.checkClientTrusted(chain, type, socket);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine)
      throws CertificateException {
    jdk.checkClientTrusted(chain, type, engine);
  }

  @Override
  public X509Certificate[] getAcceptedIssuers() {
    return jdk.getAcceptedIssuers();
  }
}
