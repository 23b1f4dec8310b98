package dev.orderwire.judge.table;

import dev.orderwire.demo.EmbeddedMysql;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/**
 * A real MySQL that can be killed; it restarts on the same port. Safe for use by any number of
 * threads.
 */
public final class Database implements AutoCloseable {
  public static final String NAME = "judge";
  private static final String APPLICATION = "application";
  private static final int CONNECTS_TRIED = 20;

  /** Every commit is on disk before it is acknowledged, so that a crash loses nothing. */
  private static final List<String> DURABLE =
      List.of(
          "--innodb-flush-log-at-trx-commit=1",
          "--sync-binlog=1",
          "--max-connections=400",
          "--innodb-lock-wait-timeout=5",
          "--innodb-buffer-pool-size=256M");

  /** What a source and its replicas need. */
  public static final List<String> REPLICATED =
      List.of(
          "--gtid-mode=ON",
          "--enforce-gtid-consistency=ON",
          "--transaction-write-set-extraction=XXHASH64",
          "--binlog-transaction-dependency-tracking=WRITESET");

  private final List<String> arguments;
  private final Path folder;
  private final int port;
  private volatile EmbeddedMysql mysql;
  private volatile List<String> restartArguments;
  private final AtomicInteger kills = new AtomicInteger();
  private final AtomicInteger starts = new AtomicInteger();

  /**
   * Starts it.
   *
   * @param more arguments of mysqld
   */
  public Database(Path folder, List<String> more) {
    this.arguments = Stream.concat(DURABLE.stream(), more.stream()).toList();
    this.restartArguments = arguments;
    this.folder = folder;
    this.mysql = EmbeddedMysql.start(folder, 0, arguments);
    this.port = mysql.port();
    starts.incrementAndGet();
  }

  /**
   * Creates the watched tables, and a user for applications, which may only read and write them.
   */
  public void create() throws SQLException {
    try (Connection connection = connect(mysql.user(), "", SessionVariables.OF_THE_JUDGE);
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE DATABASE " + NAME + " CHARACTER SET utf8mb4");
      statement.execute("USE " + NAME);
      for (WatchedTable table : WatchedTables.ALL) {
        statement.execute(table.createSql());
      }
      for (String sql : AccountTable.fill()) {
        statement.execute(sql);
      }
      statement.execute(
          "CREATE USER '%s'@'%%' IDENTIFIED BY '%s'".formatted(APPLICATION, mysql.password()));
      statement.execute(
          "GRANT SELECT, INSERT, UPDATE, DELETE ON %s.* TO '%s'@'%%'".formatted(NAME, APPLICATION));
    }
  }

  public int port() {
    return port;
  }

  public String user() {
    return mysql.user();
  }

  public String password() {
    return mysql.password();
  }

  /**
   * Sets global variables, for all sessions that begin from now on, and at each restart before
   * MySQL accepts a connection.
   *
   * @param values as SQL
   */
  public void setGlobals(Map<String, String> values) throws SQLException, IOException {
    List<String> statements =
        values.entrySet().stream()
            .map(each -> "SET GLOBAL %s = %s".formatted(each.getKey(), each.getValue()))
            .toList();
    Path file = folder.resolveSibling("globals.sql");
    Files.writeString(file, String.join(";\n", statements) + ";\n");
    restartArguments = withInitFile(file);
    try (Connection connection = connect();
        Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    }
  }

  /** The user exists already, so that the usual init file is not needed at a restart. */
  private List<String> withInitFile(Path file) {
    return Stream.concat(arguments.stream(), Stream.of("--init-file=" + file.toAbsolutePath()))
        .toList();
  }

  /** How often MySQL has started; for {@link #wasKilledSince}. */
  public int starts() {
    return starts.get();
  }

  /** Whether MySQL was killed after its start of this number, or was still down then. */
  public boolean wasKilledSince(int starts) {
    return kills.get() >= starts;
  }

  /** Connects as the administrator, with a session that is immune to the globals. */
  public Connection connect() throws SQLException {
    return connect(mysql.user(), NAME, SessionVariables.OF_THE_JUDGE);
  }

  /** Connects as an application: most globals hold in its session. */
  public Connection connectAsApplication() throws SQLException {
    return connect(APPLICATION, NAME, SessionVariables.OF_AN_APPLICATION);
  }

  private Connection connect(String user, String database, String variables) throws SQLException {
    for (int attempt = 1; ; attempt++) {
      try {
        return connectOnce(user, database, variables);
      } catch (SQLException e) {
        // The driver asks for MySQL's settings first, while the globals still hold.
        if (!MysqlError.isTimeLimit(e) || attempt == CONNECTS_TRIED) {
          throw e;
        }
      }
    }
  }

  private Connection connectOnce(String user, String database, String variables)
      throws SQLException {
    EmbeddedMysql now = mysql;
    Properties properties = new Properties();
    properties.put("user", user);
    properties.put("password", now.password());
    properties.put("connectTimeout", "5000");
    properties.put("socketTimeout", "180000");
    properties.put("sessionVariables", variables);
    // Otherwise the driver adds STRICT_TRANS_TABLES to the SQL mode.
    properties.put("jdbcCompliantTruncation", "false");
    return DriverManager.getConnection(now.jdbcUrl(database), properties);
  }

  /** Kills MySQL, as a crash does, and restarts it after this time. */
  public void crash(Duration down) throws InterruptedException {
    kills.incrementAndGet();
    mysql.kill();
    Thread.sleep(down);
    mysql = EmbeddedMysql.start(folder, port, restartArguments);
    starts.incrementAndGet();
  }

  @Override
  public void close() {
    mysql.close();
  }
}
