package dev.orderwire.tail.doorbell;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.orderwire.demo.EmbeddedMysql;
import dev.orderwire.mysql.Mysql;
import dev.orderwire.mysql.MysqlOptions;
import dev.orderwire.mysql.Query;
import dev.orderwire.mysql.TlsMode;
import dev.orderwire.testing.Await;
import dev.orderwire.testing.TestAuthority;
import dev.orderwire.testing.TestAuthority.Issued;
import dev.orderwire.testing.TestDatabase;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The connections of the pool and that of the binlog, to a MySQL with a certificate of its own.
 * Both accept and refuse the same.
 */
class MysqlTlsTest {
  private static final String LOCALHOST = "localhost";
  private static final String ADDRESS = "127.0.0.1";

  @TempDir private static Path folder;
  private static TestAuthority authority;
  private static TestAuthority stranger;
  private static Issued issued;
  private static Issued expired;
  private @Nullable EmbeddedMysql mysql;

  @BeforeAll
  static void issue() {
    authority = new TestAuthority(folder, "mysql");
    stranger = new TestAuthority(folder, "stranger");
    // Only a name, not the address.
    issued = authority.issue("127.0.0.1", "dns:localhost");
    expired = authority.issue("old", "dns:localhost", "-startdate", "-10d", "-validity", "5");
  }

  @AfterEach
  void kill() {
    if (mysql != null) {
      mysql.kill();
    }
  }

  /** One folder for all tests, since MySQL takes seconds to make it. */
  private MysqlOptions start(List<String> arguments) {
    EmbeddedMysql started = EmbeddedMysql.start(folder.resolve("data"), 0, arguments);
    mysql = started;
    return TestDatabase.create(started, "shop_" + started.port()).options();
  }

  private static List<String> with(Issued issued) {
    return List.of(
        "--ssl-ca=" + authority.certificate(),
        "--ssl-cert=" + issued.certificate(),
        "--ssl-key=" + issued.key());
  }

  private static MysqlOptions options(
      MysqlOptions all, String host, TlsMode mode, @Nullable TestAuthority trusted) {
    Path file = trusted == null ? null : trusted.certificate();
    return with(all, host, mode.properties(file));
  }

  private static MysqlOptions with(MysqlOptions all, String host, Map<String, String> properties) {
    return new MysqlOptions(
        host, all.port(), all.user(), all.password(), all.database(), 2, properties);
  }

  /** The TLS version of a connection of the pool, and of one outside it; empty without TLS. */
  private static List<String> ofPool(MysqlOptions options) throws SQLException {
    List<String> versions = new ArrayList<>();
    try (Mysql pool = new Mysql(options);
        Connection pooled = pool.connect();
        Connection single = pool.open()) {
      for (Connection each : List.of(pooled, single)) {
        versions.add(
            Query.list(each, "SHOW SESSION STATUS LIKE 'Ssl_version'", row -> row.getString(2))
                .getFirst());
      }
    }
    return versions;
  }

  private static void followBinlog(MysqlOptions all, MysqlOptions options) throws Exception {
    BinlogAccess access;
    try (Mysql plain = new Mysql(with(all, ADDRESS, Map.of("sslMode", "DISABLED")));
        Connection connection = plain.connect()) {
      access = BinlogAccess.of(connection);
    }
    try (Socket socket = new Socket()) {
      BinlogStream.open(socket, options, (BinlogAccess.Granted) access, BinlogStream.newServerId())
          .next();
    }
  }

  private static void assertAccepted(MysqlOptions all, MysqlOptions options) throws Exception {
    assertThat(ofPool(options)).allMatch(version -> version.matches("TLSv1\\.[23]"));
    followBinlog(all, options);
  }

  private static void assertRefused(MysqlOptions all, MysqlOptions options, String... why) {
    assertThatThrownBy(() -> ofPool(options))
        .isInstanceOf(SQLException.class)
        .satisfies(e -> assertThat(Mysql.reason(e)).contains(why));
    assertThatThrownBy(() -> followBinlog(all, options))
        .isInstanceOf(IOException.class)
        .satisfies(e -> assertThat(Mysql.reason(e)).contains(why));
  }

  @Test
  void theCertificateIsVerifiedAsFarAsTheModeSays() throws Exception {
    MysqlOptions all = start(with(issued));
    assertThat(ofPool(options(all, LOCALHOST, TlsMode.DISABLED, null))).containsOnly("");
    for (TlsMode unverified : List.of(TlsMode.PREFERRED, TlsMode.REQUIRED)) {
      assertAccepted(all, options(all, ADDRESS, unverified, null));
    }
    assertAccepted(all, options(all, LOCALHOST, TlsMode.VERIFY_CA, authority));
    assertAccepted(all, options(all, ADDRESS, TlsMode.VERIFY_CA, authority));
    assertAccepted(all, options(all, LOCALHOST, TlsMode.VERIFY_FULL, authority));

    // The common name, which is the address, does not count.
    assertRefused(
        all,
        options(all, ADDRESS, TlsMode.VERIFY_FULL, authority),
        "the certificate CN=127.0.0.1 that MySQL at 127.0.0.1 has sent, issued by CN=mysql,",
        "it is for localhost, and mysql.host is 127.0.0.1",
        "verify-ca");
    for (TlsMode mode : List.of(TlsMode.VERIFY_CA, TlsMode.VERIFY_FULL)) {
      for (@Nullable TestAuthority wrong : new @Nullable TestAuthority[] {stranger, null}) {
        assertRefused(
            all,
            options(all, LOCALHOST, mode, wrong),
            "no trusted authority has issued it",
            "Set mysql.tls-ca");
      }
    }
    Map<String, String> old = new HashMap<>(TlsMode.REQUIRED.properties(null));
    old.put("tlsVersions", "TLSv1.1");
    assertThatThrownBy(() -> followBinlog(all, with(all, LOCALHOST, old)))
        .hasMessageContaining("tlsVersions");
    assertThatThrownBy(() -> ofPool(with(all, LOCALHOST, old))).isInstanceOf(SQLException.class);

    theDoorbellVerifiesToo(all);
  }

  private static void theDoorbellVerifiesToo(MysqlOptions all) {
    try (Mysql verified = new Mysql(options(all, LOCALHOST, TlsMode.VERIFY_FULL, authority));
        BinlogDoorbell doorbell = new BinlogDoorbell(verified)) {
      doorbell.start(() -> {});
      Await.until("it is live", doorbell::isLive);
    }
  }

  @Test
  void anExpiredCertificateIsRefused() throws Exception {
    MysqlOptions all = start(with(expired));
    assertRefused(
        all,
        options(all, LOCALHOST, TlsMode.VERIFY_CA, authority),
        "CN=old",
        "has expired. Renew it");
    assertAccepted(all, options(all, LOCALHOST, TlsMode.REQUIRED, null));
  }

  @Test
  void aMysqlWithoutTlsIsRefusedIfTlsIsRequired() throws Exception {
    MysqlOptions all = start(List.of("--skip-ssl"));
    assertThat(ofPool(options(all, ADDRESS, TlsMode.PREFERRED, null))).containsOnly("");
    followBinlog(all, options(all, ADDRESS, TlsMode.PREFERRED, null));
    for (TlsMode mode : List.of(TlsMode.REQUIRED, TlsMode.VERIFY_CA, TlsMode.VERIFY_FULL)) {
      assertRefused(all, options(all, ADDRESS, mode, authority), "");
    }
  }
}
