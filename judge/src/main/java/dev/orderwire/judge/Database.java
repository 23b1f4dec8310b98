package dev.orderwire.judge;

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

/** A real MySQL that can be killed and comes back on the same port. For any number of threads. */
final class Database implements AutoCloseable {
  static final String NAME = "judge";
  private static final String APPLICATION = "application";

  /** What is acknowledged is on disk: a crash of the server loses nothing. */
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
  private final AtomicInteger deaths = new AtomicInteger();
  private final AtomicInteger lives = new AtomicInteger();

  Database(Path folder) {
    this.folder = folder;
    this.mysql = EmbeddedMysql.start(folder, 0, DURABLE);
    this.port = mysql.port();
    lives.incrementAndGet();
  }

  /** The watched tables, and a user for the application that may write them and no more. */
  void create() throws SQLException {
    try (Connection connection =
            DriverManager.getConnection(mysql.jdbcUrl(""), mysql.user(), mysql.password());
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE DATABASE " + NAME + " CHARACTER SET utf8mb4");
      statement.execute("USE " + NAME);
      for (WatchedTable table : WatchedTables.ALL) {
        statement.execute(table.createSql());
      }
      for (String sql : Accounts.fill()) {
        statement.execute(sql);
      }
      statement.execute(
          "CREATE USER '%s'@'%%' IDENTIFIED BY '%s'".formatted(APPLICATION, mysql.password()));
      statement.execute(
          "GRANT SELECT, INSERT, UPDATE, DELETE ON %s.* TO '%s'@'%%'".formatted(NAME, APPLICATION));
    }
  }

  int port() {
    return port;
  }

  String user() {
    return mysql.user();
  }

  String password() {
    return mysql.password();
  }

  /** How often it has come up; for {@link #hasDiedSince}. */
  int livesBegun() {
    return lives.get();
  }

  /** Whether it was killed after it had come up that often, or was not up then. */
  boolean hasDiedSince(int livesBegun) {
    return deaths.get() >= livesBegun;
  }

  /** A session of one who may do everything. */
  Connection connect() throws SQLException {
    return connect(mysql.user());
  }

  Connection connectAsApplication() throws SQLException {
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

  /** Kills it, as a crash would, and starts it again. */
  void crash(Duration away) throws InterruptedException {
    deaths.incrementAndGet();
    mysql.kill();
    Thread.sleep(away);
    mysql = EmbeddedMysql.start(folder, port, DURABLE);
    lives.incrementAndGet();
  }

  @Override
  public void close() {
    mysql.close();
  }
}
