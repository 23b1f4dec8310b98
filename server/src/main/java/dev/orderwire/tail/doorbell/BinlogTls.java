package dev.orderwire.tail.doorbell;

import dev.orderwire.mysql.MysqlOptions;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.URI;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/**
 * TLS for the binlog's connection, which is not the driver's, by the properties of MySQL
 * Connector/J. TLS settings in a form that this class does not know are refused, so that the
 * connection is never less safe than the driver's.
 */
final class BinlogTls {
  /** The values of {@code sslMode}. */
  enum Mode {
    DISABLED,
    PREFERRED,
    REQUIRED,
    VERIFY_CA,
    VERIFY_IDENTITY
  }

  private static final List<String> OLD_NAMES =
      List.of("useSSL", "requireSSL", "verifyServerCertificate");

  private final Map<String, String> properties = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
  private final String host;
  private final Mode mode;

  /**
   * @throws IOException if the properties do not say clearly which mode is wanted
   */
  BinlogTls(MysqlOptions options) throws IOException {
    this.host = options.host();
    properties.putAll(options.properties());
    this.mode = mode();
  }

  private Mode mode() throws IOException {
    String name = properties.get("sslMode");
    if (name == null) {
      for (String old : OLD_NAMES) {
        if (properties.containsKey(old)) {
          throw new IOException("mysql.properties sets %s: set sslMode instead".formatted(old));
        }
      }
      return Mode.PREFERRED;
    }
    try {
      return Mode.valueOf(name.toUpperCase(Locale.ROOT));
    } catch (IllegalArgumentException e) {
      throw new IOException("mysql.properties sets the unknown sslMode " + name, e);
    }
  }

  /**
   * Whether to use TLS.
   *
   * @param offered whether the server supports it
   * @throws IOException if the server does not support TLS and {@code sslMode} requires it
   */
  boolean use(boolean offered) throws IOException {
    if (!offered && mode.compareTo(Mode.PREFERRED) > 0) {
      throw new IOException("sslMode is %s, but MySQL offers no TLS".formatted(mode));
    }
    return offered && mode != Mode.DISABLED;
  }

  /** Wraps a connection in TLS, before its handshake. */
  SSLSocket wrap(Socket plain) throws IOException {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(keyManagers(), trustManagers(), null);
      SSLSocket secure =
          (SSLSocket) context.getSocketFactory().createSocket(plain, host, plain.getPort(), true);
      if (mode == Mode.VERIFY_IDENTITY) {
        SSLParameters parameters = secure.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        secure.setSSLParameters(parameters);
      }
      return secure;
    } catch (GeneralSecurityException e) {
      throw new IOException("cannot use TLS with these mysql.properties: " + e.getMessage(), e);
    }
  }

  private KeyManager @Nullable [] keyManagers() throws GeneralSecurityException, IOException {
    KeyStore store = store("clientCertificateKeyStore");
    if (store == null) {
      return null;
    }
    KeyManagerFactory factory =
        KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    factory.init(store, password("clientCertificateKeyStore"));
    return factory.getKeyManagers();
  }

  private TrustManager[] trustManagers() throws GeneralSecurityException, IOException {
    if (mode.compareTo(Mode.VERIFY_CA) < 0) {
      return new TrustManager[] {new TrustAll()};
    }
    TrustManagerFactory factory =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    // Without a store, the authorities that this Java trusts.
    factory.init(store("trustCertificateKeyStore"));
    return factory.getTrustManagers();
  }

  private @Nullable KeyStore store(String name) throws GeneralSecurityException, IOException {
    String url = properties.getOrDefault(name + "Url", "");
    if (url.isEmpty()) {
      return null;
    }
    KeyStore store = KeyStore.getInstance(properties.getOrDefault(name + "Type", "JKS"));
    try (InputStream content = URI.create(url).toURL().openStream()) {
      store.load(content, password(name));
    }
    return store;
  }

  private char[] password(String store) {
    return properties.getOrDefault(store + "Password", "").toCharArray();
  }

  /** As the driver does below VERIFY_CA: encrypts without checking the server's identity. */
  private static final class TrustAll implements X509TrustManager {
    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type) {}

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }
}
