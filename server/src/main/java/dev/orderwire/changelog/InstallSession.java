package dev.orderwire.changelog;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

/**
 * The settings that triggers are created under. MySQL keeps them with each trigger, so that they
 * hold for every writer, whatever its own are.
 *
 * <p>The SQL mode is strict: without it MySQL makes a value that is larger than max_allowed_packet
 * a NULL and says so in a warning alone; with it the trigger fails there, and writes a marker.
 */
final class InstallSession {
  private static final String SQL_MODE = "STRICT_TRANS_TABLES";
  private static final String CHARACTER_SET = "utf8mb4";
  private static final String COLLATION = "utf8mb4_bin";

  /** As {@code information_schema.triggers} shows them. */
  static final String SETTINGS = SQL_MODE + " " + CHARACTER_SET + " " + COLLATION;

  /**
   * Who waits for a table's lock holds up all who come after. Seconds, and few: rather no install
   * than a standstill.
   */
  static final int LOCK_WAIT_SECONDS = 5;

  /** What a session runs before all else. */
  static final List<String> STATEMENTS =
      List.of(
          "SET NAMES " + CHARACTER_SET + " COLLATE " + COLLATION,
          "SET SESSION sql_mode = '" + SQL_MODE + "'",
          "SET SESSION lock_wait_timeout = " + LOCK_WAIT_SECONDS);

  private InstallSession() {}

  static Connection open(Mysql mysql) throws SQLException {
    Connection connection = mysql.open();
    boolean ready = false;
    try (Statement statement = connection.createStatement()) {
      for (String sql : STATEMENTS) {
        statement.execute(sql);
      }
      ready = true;
      return connection;
    } finally {
      if (!ready) {
        connection.close();
      }
    }
  }
}
