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
 * TLS as the properties of MySQL Connector/J ask for it, for the one connection that is not the
 * driver's. What they say in a way that is not known here is refused: a connection that is less
 * safe than the driver's must not come of it.
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
   * @throws IOException where it is not clear what is asked for
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
          throw new IOException("mysql.properties says %s: say it by sslMode".formatted(old));
        }
      }
      return Mode.PREFERRED;
    }
    try {
      return Mode.valueOf(name.toUpperCase(Locale.ROOT));
    } catch (IllegalArgumentException e) {
      throw new IOException("mysql.properties has the unknown sslMode " + name, e);
    }
  }

  /**
   * Whether to use it.
   *
   * @param offered whether the server can
   */
  boolean isWanted(boolean offered) throws IOException {
    if (!offered && mode.compareTo(Mode.PREFERRED) > 0) {
      throw new IOException("sslMode is %s, and MySQL offers no TLS".formatted(mode));
    }
    return offered && mode != Mode.DISABLED;
  }

  /** The same connection with TLS, before its handshake. */
  SSLSocket over(Socket plain) throws IOException {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(keys(), trusted(), null);
      SSLSocket secure =
          (SSLSocket) context.getSocketFactory().createSocket(plain, host, plain.getPort(), true);
      if (mode == Mode.VERIFY_IDENTITY) {
        SSLParameters parameters = secure.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        secure.setSSLParameters(parameters);
      }
      return secure;
    } catch (GeneralSecurityException e) {
      throw new IOException("no TLS with these mysql.properties: " + e.getMessage(), e);
    }
  }

  private KeyManager @Nullable [] keys() throws GeneralSecurityException, IOException {
    KeyStore store = store("clientCertificateKeyStore");
    if (store == null) {
      return null;
    }
    KeyManagerFactory factory =
        KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    factory.init(store, password("clientCertificateKeyStore"));
    return factory.getKeyManagers();
  }

  private TrustManager[] trusted() throws GeneralSecurityException, IOException {
    if (mode.compareTo(Mode.VERIFY_CA) < 0) {
      return new TrustManager[] {new Anybody()};
    }
    TrustManagerFactory factory =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    // Without a store of its own: those whom this Java trusts.
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

  /** As the driver does below VERIFY_CA: what is said is hidden, and not to whom it is said. */
  private static final class Anybody implements X509TrustManager {
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
