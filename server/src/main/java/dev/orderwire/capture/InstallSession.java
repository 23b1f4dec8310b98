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
 * A connection with the settings that triggers are created under. MySQL stores these settings with
 * each trigger and applies them for every writer, whatever the writer's own settings are. For one
 * thread.
 *
 * <p>The SQL mode is strict. Without it, MySQL replaces a value larger than max_allowed_packet by
 * NULL and only warns; with it, the trigger fails there and writes a marker.
 */
public final class InstallSession implements AutoCloseable {
  private static final String SQL_MODE = "STRICT_TRANS_TABLES";
  private static final String CHARACTER_SET = "utf8mb4";
  private static final String COLLATION = "utf8mb4_bin";

  /** The settings as MySQL shows them for a trigger. */
  public static final String SETTINGS = SQL_MODE + " " + CHARACTER_SET + " " + COLLATION;

  /**
   * How long a statement may wait for a table. While it waits, all later statements on the table
   * wait behind it, so this is short: a failed installation is better than a standstill.
   */
  public static final int LOCK_WAIT_SECONDS = 5;

  /** The statements that a session begins with. */
  public static final List<String> STATEMENTS =
      List.of(
          "SET NAMES " + CHARACTER_SET + " COLLATE " + COLLATION,
          "SET SESSION sql_mode = '" + SQL_MODE + "'",
          "SET SESSION lock_wait_timeout = " + LOCK_WAIT_SECONDS);

  /** How long an installation tries for each trigger if transactions keep its table in use. */
  public static final Duration PATIENCE = Duration.ofSeconds(5);

  private final Mysql mysql;
  private final Connection connection;

  private InstallSession(Mysql mysql, Connection connection) {
    this.mysql = mysql;
    this.connection = connection;
  }

  /**
   * Opens a session, for any number of calls of a {@link Capture}.
   *
   * @throws OrderwireException {@code mysql_unavailable}
   */
  public static InstallSession open(Mysql mysql) {
    try {
      return new InstallSession(mysql, connect(mysql));
    } catch (SQLException e) {
      throw mysql.failed(e);
    }
  }

  /** The connection alone, for callers that continue when MySQL is unavailable. */
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

  /** The server, the database and the user. */
  public MysqlOptions options() {
    return mysql.options();
  }

  /** A task that runs in a session. */
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
      throw mysql.failed(e);
    }
  }
}
