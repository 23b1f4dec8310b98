package dev.orderwire.tail.doorbell;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.orderwire.mysql.MysqlOptions;
import dev.orderwire.testing.TestDatabase;
import dev.orderwire.testing.TestMysql;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.sql.Connection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The stream's own login and TLS, which do not use the driver. */
class BinlogStreamTest {
  private static final String CIPHER =
      """
      SELECT s.variable_value
        FROM performance_schema.status_by_thread s JOIN performance_schema.threads t USING (thread_id)
       WHERE t.processlist_command = 'Binlog Dump' AND s.variable_name = 'Ssl_cipher'
       ORDER BY t.processlist_id\
      """;

  private final TestDatabase database = TestMysql.database();

  @AfterEach
  void drop() {
    database.close();
  }

  private MysqlOptions options(Map<String, String> properties) {
    MysqlOptions all = database.options();
    return new MysqlOptions(
        all.host(), all.port(), all.user(), all.password(), all.database(), 1, properties);
  }

  /** Follows the binlog for a moment, and returns the connection's cipher. */
  private String cipher(MysqlOptions options) throws Exception {
    BinlogAccess access;
    try (Connection connection = database.connect()) {
      access = BinlogAccess.of(connection);
    }
    assertThat(access).isInstanceOf(BinlogAccess.Granted.class);
    try (Socket socket = new Socket()) {
      BinlogStream.open(socket, options, (BinlogAccess.Granted) access, BinlogStream.newServerId())
          .next();
      return String.valueOf(database.query(CIPHER).getLast().getFirst());
    }
  }

  @ParameterizedTest
  @CsvSource({
    "caching_sha2_password, DISABLED",
    "caching_sha2_password, REQUIRED",
    "mysql_native_password, DISABLED",
    "mysql_native_password, REQUIRED"
  })
  void theUsualLoginPluginsAreSupported(String plugin, String mode) throws Exception {
    assumeThat(
            database.query(
                "SELECT 1 FROM information_schema.plugins WHERE plugin_name = '" + plugin + "'"))
        .as("MySQL 9 has no mysql_native_password")
        .isNotEmpty();
    String user = "'bell_" + database.name() + "'@'127.0.0.1'";
    database.execute(
        "CREATE USER " + user + " IDENTIFIED WITH " + plugin + " BY 'secret'",
        "GRANT REPLICATION SLAVE, REPLICATION CLIENT ON *.* TO " + user,
        // So that MySQL has not cached the password of an earlier login.
        "FLUSH PRIVILEGES");
    try {
      MysqlOptions all = database.options();
      String cipher =
          cipher(
              new MysqlOptions(
                  all.host(),
                  all.port(),
                  "bell_" + database.name(),
                  "secret",
                  all.database(),
                  1,
                  Map.of("sslMode", mode)));
      assertThat(cipher.isEmpty()).isEqualTo(mode.equals("DISABLED"));
    } finally {
      database.execute("DROP USER " + user);
    }
  }

  @Test
  void tlsIsUsedIfMysqlOffersItUnlessDisabled() throws Exception {
    assertThat(cipher(options(Map.of()))).isNotEmpty();
    assertThat(cipher(options(Map.of("sslmode", "disabled")))).isEmpty();
  }

  @Test
  void theServersCertificateIsVerifiedIfConfigured(@TempDir Path folder) throws Exception {
    assertThatThrownBy(() -> cipher(options(Map.of("sslMode", "VERIFY_CA"))))
        .isInstanceOf(IOException.class);
    Path store = folder.resolve("trusted");
    trustMysqlsAuthority(store);
    Map<String, String> trust =
        Map.of(
            "trustCertificateKeyStoreUrl", store.toUri().toString(),
            "trustCertificateKeyStoreType", "PKCS12",
            "trustCertificateKeyStorePassword", "secret",
            "sslMode", "VERIFY_CA");
    assertThat(cipher(options(trust))).isNotEmpty();

    Map<String, String> identity = new HashMap<>(trust);
    identity.put("sslMode", "VERIFY_IDENTITY");
    // The certificate does not name the address.
    assertThatThrownBy(() -> cipher(options(identity))).isInstanceOf(IOException.class);
  }

  private void trustMysqlsAuthority(Path store) throws Exception {
    List<String> folder =
        database.query("SELECT @@datadir").getFirst().stream().map(String::valueOf).toList();
    KeyStore trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, null);
    try (InputStream pem = Files.newInputStream(Path.of(folder.getFirst(), "ca.pem"))) {
      trusted.setCertificateEntry(
          "mysql", CertificateFactory.getInstance("X.509").generateCertificate(pem));
    }
    try (OutputStream out = Files.newOutputStream(store)) {
      trusted.store(out, "secret".toCharArray());
    }
  }

  @Test
  void anErrorOfMysqlIsTheCause() {
    MysqlOptions all = database.options();
    MysqlOptions wrong =
        new MysqlOptions(all.host(), all.port(), all.user(), "wrong", all.database(), 1, Map.of());
    assertThatThrownBy(() -> cipher(wrong))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("Access denied for user '" + all.user() + "'");
  }
}
