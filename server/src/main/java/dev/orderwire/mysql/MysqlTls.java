package dev.orderwire.mysql;

import dev.orderwire.tls.Trust;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import org.jspecify.annotations.Nullable;

/**
 * TLS for every connection to MySQL, those of the driver and that of the binlog, by the properties
 * of MySQL Connector/J. There is one implementation, so that no connection is less safe than the
 * others. TLS settings in a form that this class does not know are refused.
 */
public final class MysqlTls {
  /** The type of a trust store that is a PEM file. The driver itself does not know it. */
  static final String PEM = "PEM";

  static final String TRUST_STORE = "trustCertificateKeyStore";

  private static final String KEY_STORE = "clientCertificateKeyStore";

  private static final List<String> OLD_NAMES =
      List.of("useSSL", "requireSSL", "verifyServerCertificate");

  /** Older ones are broken; {@code tlsVersions} can only take away from these. */
  private static final List<String> VERSIONS = List.of("TLSv1.3", "TLSv1.2");

  private final Map<String, String> properties = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
  private final String host;
  private final TlsMode mode;

  /**
   * @throws IOException if the properties do not say clearly which mode is wanted
   */
  public MysqlTls(MysqlOptions options) throws IOException {
    this(options.host(), options.properties());
  }

  MysqlTls(String host, Map<String, String> properties) throws IOException {
    this.host = host;
    this.properties.putAll(properties);
    this.mode = mode();
  }

  private TlsMode mode() throws IOException {
    String name = properties.get("sslMode");
    if (name == null) {
      for (String old : OLD_NAMES) {
        if (properties.containsKey(old)) {
          throw new IOException("mysql.properties sets %s: set mysql.tls instead".formatted(old));
        }
      }
      return TlsMode.PREFERRED;
    }
    return TlsMode.ofSslMode(name)
        .orElseThrow(
            () -> new IOException("mysql.properties sets the unknown sslMode %s".formatted(name)));
  }

  /**
   * Whether to use TLS.
   *
   * @param offered whether the server supports it
   * @throws IOException if the server does not support TLS and the settings require it
   */
  public boolean use(boolean offered) throws IOException {
    if (!offered && mode.compareTo(TlsMode.PREFERRED) > 0) {
      throw new IOException("mysql.tls is %s, but MySQL offers no TLS".formatted(mode.setting()));
    }
    return offered && mode != TlsMode.DISABLED;
  }

  /** Whether MySQL's certificate is checked. */
  public boolean verifies() {
    return mode.verifies();
  }

  /** Wraps a connection in TLS, before its handshake. */
  public SSLSocket wrap(Socket plain) throws IOException {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(keyManagers(), new TrustManager[] {trustManager()}, null);
      SSLSocket secure =
          (SSLSocket) context.getSocketFactory().createSocket(plain, host, plain.getPort(), true);
      SSLParameters parameters = secure.getSSLParameters();
      parameters.setProtocols(versions());
      String ciphers = properties.getOrDefault("tlsCiphersuites", "");
      if (!ciphers.isEmpty()) {
        parameters.setCipherSuites(ciphers.strip().split("\\s*,\\s*", -1));
      }
      if (mode == TlsMode.VERIFY_FULL) {
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
      }
      secure.setSSLParameters(parameters);
      return secure;
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      throw new IOException("cannot use TLS as the settings say: " + e.getMessage(), e);
    }
  }

  private String[] versions() {
    String wanted = properties.getOrDefault("tlsVersions", "");
    List<String> chosen = List.of(wanted.strip().split("\\s*,\\s*", -1));
    String[] versions =
        VERSIONS.stream()
            .filter(version -> wanted.isEmpty() || chosen.contains(version))
            .toArray(String[]::new);
    if (versions.length == 0) {
      throw new IllegalArgumentException("tlsVersions has neither TLSv1.2 nor TLSv1.3");
    }
    return versions;
  }

  private KeyManager @Nullable [] keyManagers() throws GeneralSecurityException, IOException {
    KeyStore store = store(KEY_STORE);
    if (store == null) {
      return null;
    }
    KeyManagerFactory factory =
        KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    factory.init(store, password(KEY_STORE));
    return factory.getKeyManagers();
  }

  private TrustManager trustManager() throws GeneralSecurityException, IOException {
    if (!mode.verifies()) {
      return new TrustAnybody();
    }
    return new VerifiedMysql(host, Trust.managerOf(store(TRUST_STORE)));
  }

  private @Nullable KeyStore store(String name) throws GeneralSecurityException, IOException {
    String url = properties.getOrDefault(name + "Url", "");
    if (url.isEmpty()) {
      return null;
    }
    String type = properties.getOrDefault(name + "Type", "JKS");
    if (type.equals(PEM)) {
      return Trust.only(Path.of(URI.create(url)));
    }
    KeyStore store = KeyStore.getInstance(type);
    try (InputStream content = URI.create(url).toURL().openStream()) {
      store.load(content, password(name));
    }
    return store;
  }

  private char[] password(String store) {
    return properties.getOrDefault(store + "Password", "").toCharArray();
  }
}
