package dev.orderwire.bench;

import dev.orderwire.capture.InstallOptions;
import dev.orderwire.capture.triggers.TriggerCapture;
import dev.orderwire.demo.EmbeddedMysql;
import dev.orderwire.mysql.Mysql;
import dev.orderwire.mysql.MysqlOptions;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;

/** The triggers that log the writes to the table {@code orders} of a database. */
enum TriggerSet {
  NONE {
    @Override
    void install(EmbeddedMysql mysql, Connection connection, String database) {}
  },

  /** The least that a trigger can do to log: it inserts a row of two columns without content. */
  MINIMAL {
    @Override
    void install(EmbeddedMysql mysql, Connection connection, String database) throws SQLException {
      try (Statement statement = connection.createStatement()) {
        statement.execute(
            """
            CREATE TABLE %s.minimal_log (
              id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
              op TINYINT NOT NULL
            )\
            """
                .formatted(database));
        for (String event : List.of("INSERT", "UPDATE")) {
          statement.execute(
              "CREATE TRIGGER %1$s.minimal_%2$s AFTER %2$s ON %1$s.orders FOR EACH ROW"
                      .formatted(database, event)
                  + " INSERT INTO minimal_log (op) VALUES (1)");
        }
      }
    }
  },

  /** Orderwire's change log and triggers. */
  ORDERWIRE {
    @Override
    void install(EmbeddedMysql mysql, Connection connection, String database) {
      MysqlOptions options =
          new MysqlOptions(
              "127.0.0.1", mysql.port(), mysql.user(), mysql.password(), database, 2, Map.of());
      try (Mysql pool = new Mysql(options)) {
        new TriggerCapture().install(pool, List.of("orders"), InstallOptions.DEFAULT);
      }
    }
  };

  abstract void install(EmbeddedMysql mysql, Connection connection, String database)
      throws SQLException;
}
