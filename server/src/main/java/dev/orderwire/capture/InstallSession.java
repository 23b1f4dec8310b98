package dev.orderwire.capture;

import dev.orderwire.change.OrderwireException;
import dev.orderwire.mysql.Mysql;
import dev.orderwire.mysql.MysqlOptions;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;

/**
 * A connection with the settings that triggers are created under. MySQL keeps them with each
 * trigger, so that they hold for every writer, whatever its own are. For one thread.
 *
 * <p>The SQL mode is strict: without it MySQL makes a value that is larger than max_allowed_packet
 * a NULL and says so in a warning alone; with it the trigger fails there, and writes a marker.
 */
public final class InstallSession implements AutoCloseable {
  private static final String SQL_MODE = "STRICT_TRANS_TABLES";
  private static final String CHARACTER_SET = "utf8mb4";
  private static final String COLLATION = "utf8mb4_bin";

  /** As {@code information_schema.triggers} shows them. */
  public static final String SETTINGS = SQL_MODE + " " + CHARACTER_SET + " " + COLLATION;

  /**
   * Who waits for a table's lock holds up all who come after. Seconds, and few: rather no install
   * than a standstill.
   */
  public static final int LOCK_WAIT_SECONDS = 5;

  /** What a session runs before all else. */
  public static final List<String> STATEMENTS =
      List.of(
          "SET NAMES " + CHARACTER_SET + " COLLATE " + COLLATION,
          "SET SESSION sql_mode = '" + SQL_MODE + "'",
          "SET SESSION lock_wait_timeout = " + LOCK_WAIT_SECONDS);

  /** How long an installation tries for each table that transactions keep in use. */
  public static final Duration PATIENCE = Duration.ofSeconds(5);

  private final Mysql mysql;
  private final Connection connection;

  private InstallSession(Mysql mysql, Connection connection) {
    this.mysql = mysql;
    this.connection = connection;
  }

  /**
   * For {@link Installer}, as often as is liked.
   *
   * @throws OrderwireException {@code mysql_unavailable}
   */
  public static InstallSession open(Mysql mysql) {
    try {
      return new InstallSession(mysql, connect(mysql));
    } catch (SQLException e) {
      throw mysql.unavailable(e);
    }
  }

  /** The connection alone, for those who go on without MySQL. */
  public static Connection connect(Mysql mysql) throws SQLException {
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

  /** Where it is, and as whom. */
  public MysqlOptions options() {
    return mysql.options();
  }

  /** What is done in a session. */
  public interface Work<T> {
    T run(Connection connection) throws SQLException;
  }

  /**
   * Runs {@code work} in this session.
   *
   * @throws OrderwireException {@code table_busy}, {@code missing_privilege} or {@code
   *     mysql_failed} if MySQL rejects a statement
   */
  public <T> T run(Work<T> work) {
    try {
      return work.run(connection);
    } catch (SQLException e) {
      throw InstallFailure.of(e);
    }
  }

  /**
   * Closes the session.
   *
   * @throws OrderwireException {@code mysql_unavailable}
   */
  @Override
  public void close() {
    try {
      connection.close();
    } catch (SQLException e) {
      throw mysql.unavailable(e);
    }
  }
}
