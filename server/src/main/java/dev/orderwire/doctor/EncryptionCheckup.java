package dev.orderwire.doctor;

import dev.orderwire.mysql.MysqlOptions;
import dev.orderwire.mysql.MysqlTls;
import dev.orderwire.mysql.Query;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.sql.Connection;
import java.sql.SQLException;

/** Reports whether the connection to MySQL is encrypted, and whether MySQL is verified. */
final class EncryptionCheckup {
  private static final String SUBJECT = "encryption";

  private EncryptionCheckup() {}

  static Finding run(Connection connection, MysqlOptions options) throws SQLException {
    String version =
        Query.list(connection, "SHOW SESSION STATUS LIKE 'Ssl_version'", row -> row.getString(2))
            .stream()
            .findFirst()
            .orElse("");
    if (!version.isEmpty()) {
      return Finding.ok(SUBJECT, version + ", and MySQL's certificate is " + verified(options));
    }
    return isThisMachine(options.host())
        ? Finding.ok(SUBJECT, "none, within this machine")
        : Finding.warning(
            SUBJECT,
            "none: the network between this machine and MySQL can read and alter everything",
            "Set mysql.tls to verify-full, and mysql.tls-ca to the authority that issued MySQL's certificate.");
  }

  private static String verified(MysqlOptions options) {
    try {
      return new MysqlTls(options).verifies()
          ? "verified"
          : "not verified (mysql.tls: verify-full would)";
    } catch (IOException e) {
      return "verified as mysql.properties says";
    }
  }

  private static boolean isThisMachine(String host) {
    try {
      return InetAddress.getByName(host).isLoopbackAddress();
    } catch (UnknownHostException e) {
      return false;
    }
  }
}
