package dev.orderwire.judge.table;

import dev.orderwire.demo.EmbeddedMysql;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A real MySQL that can be killed; it restarts on the same port. Safe for use by any number of
 * threads.
 */
public final class Database implements AutoCloseable {
  public static final String NAME = "judge";
  private static final String APPLICATION = "application";

  /** Every commit is on disk before it is acknowledged, so that a crash loses nothing. */
  private static final List<String> DURABLE =
      List.of(
          "--innodb-flush-log-at-trx-commit=1",
          "--sync-binlog=1",
          "--max-connections=400",
          "--innodb-lock-wait-timeout=5",
          "--innodb-buffer-pool-size=256M");

  private final Path folder;
  private final int port;
  private volatile EmbeddedMysql mysql;
  private final AtomicInteger kills = new AtomicInteger();
  private final AtomicInteger starts = new AtomicInteger();

  public Database(Path folder) {
    this.folder = folder;
    this.mysql = EmbeddedMysql.start(folder, 0, DURABLE);
    this.port = mysql.port();
    starts.incrementAndGet();
  }

  /**
   * Creates the watched tables, and a user for applications, which may only read and write them.
   */
  public void create() throws SQLException {
    try (Connection connection =
            DriverManager.getConnection(mysql.jdbcUrl(""), mysql.user(), mysql.password());
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

  /** How often MySQL has started; for {@link #wasKilledSince}. */
  public int starts() {
    return starts.get();
  }

  /** Whether MySQL was killed after its start of this number, or was still down then. */
  public boolean wasKilledSince(int starts) {
    return kills.get() >= starts;
  }

  /** Connects as the administrator. */
  public Connection connect() throws SQLException {
    return connect(mysql.user());
  }

  public Connection connectAsApplication() throws SQLException {
    return connect(APPLICATION);
  }

  private Connection connect(String user) throws SQLException {
    EmbeddedMysql now = mysql;
    Properties properties = new Properties();
    properties.put("user", user);
    properties.put("password", now.password());
    properties.put("connectTimeout", "5000");
    properties.put("socketTimeout", "180000");
    properties.put("connectionTimeZone", "UTC");
    properties.put("forceConnectionTimeZoneToSession", "true");
    return DriverManager.getConnection(now.jdbcUrl(NAME), properties);
  }

  /** Kills MySQL, as a crash does, and restarts it after this time. */
  public void crash(Duration down) throws InterruptedException {
    kills.incrementAndGet();
    mysql.kill();
    Thread.sleep(down);
    mysql = EmbeddedMysql.start(folder, port, DURABLE);
    starts.incrementAndGet();
  }

  @Override
  public void close() {
    mysql.close();
  }
}
