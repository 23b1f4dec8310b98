package dev.orderwire.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orderwire.demo.EmbeddedMysql;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code deploy/mysql/init.sql}, after what the image of MySQL does with its variables. */
final class InitSqlTest {
  private static final List<String> OF_THE_IMAGE =
      List.of(
          "CREATE DATABASE shop",
          "CREATE USER 'orderwire'@'%' IDENTIFIED BY 'secret'",
          "GRANT ALL ON `shop`.* TO 'orderwire'@'%'");

  @Test
  void theUserMayDoAllThatAServerNeeds(@TempDir Path home, @TempDir Path data) throws SQLException {
    // The accounts of the embedded MySQL are of hosts; the user of the image is of all.
    try (EmbeddedMysql mysql = EmbeddedMysql.start(data, 0, List.of())) {
      try (Connection connection =
              DriverManager.getConnection(mysql.jdbcUrl(""), mysql.user(), mysql.password());
          Statement statement = connection.createStatement()) {
        for (String account : List.of("127.0.0.1", "localhost")) {
          statement.execute("RENAME USER 'orderwire'@'" + account + "' TO 'all'@'" + account + "'");
        }
        for (String sql : OF_THE_IMAGE) {
          statement.execute(sql);
        }
        for (String sql :
            DeployFolder.text("mysql/init.sql").replaceAll("(?m)^--.*\n", "").split(";\n", -1)) {
          if (!sql.isBlank()) {
            statement.execute(sql);
          }
        }
      }
      Map<String, String> environment =
          Map.of(
              "MYSQL_URL",
              "mysql://orderwire:secret@127.0.0.1:%d/shop?sslMode=DISABLED&allowPublicKeyRetrieval=true"
                  .formatted(mysql.port()),
              "ORDERWIRE_AUTH_JWT_SECRET",
              "of at least thirty-two bytes, here");
      OrderwireProcess install =
          OrderwireProcess.start(OrderwireProcess.launcher(), home, environment, "install");
      assertThat(install.exitCode()).as(install.err()).isZero();
      OrderwireProcess doctor =
          OrderwireProcess.start(OrderwireProcess.launcher(), home, environment, "doctor");
      assertThat(doctor.exitCode()).isZero();
      assertThat(doctor.out()).contains("ok       doorbell").doesNotContain("PROBLEM");
    }
  }
}
