package dev.orderwire.mysql;

import com.zaxxer.hikari.HikariDataSource;
import dev.orderwire.change.ErrorCode;
import dev.orderwire.change.OrderwireException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Calendar;
import java.util.Map;
import java.util.Properties;

/**
 * The connections to one MySQL: a pool for occasional queries, and single connections for parts
 * that keep one. All sessions have the same settings, so that the same row gives the same JSON
 * everywhere: time zone UTC, utf8mb4, no SQL mode, READ COMMITTED. Safe for any number of threads.
 */
public final class Mysql implements AutoCloseable {
  private static final String SESSION =
      "time_zone='+00:00',sql_mode='',transaction_isolation='READ-COMMITTED',"
          // LOCK TABLES … WRITE on a watched table locks the change log too. Queries then fail
          // soon, rather than piling up in MySQL.
          + "lock_wait_timeout=10";

  private static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(20);

  private final MysqlOptions options;
  private final String url;
  private final Properties properties;
  private final HikariDataSource pool;

  /** Opens no connection: an unreachable MySQL shows at the first {@link #connect}. */
  public Mysql(MysqlOptions options) {
    this.options = options;
    this.url = options.jdbcUrl();
    this.properties = properties(options);
    // With a configuration, the constructor would already connect.
    this.pool = new HikariDataSource();
    pool.setPoolName("mysql");
    pool.setJdbcUrl(url);
    pool.setDataSourceProperties(properties);
    pool.setMaximumPoolSize(options.poolSize());
    // Opens connections on demand only; idle ones stay open for a while.
    pool.setMinimumIdle(0);
    pool.setConnectionTimeout(10_000);
    pool.setInitializationFailTimeout(-1);
  }

  /**
   * Loads the classes that the first connection and the first result need, which takes longer than
   * the connection itself. For any thread, while no other thread connects.
   */
  public static void loadDriver() {
    String any = "jdbc:mysql://localhost/";
    try {
      DriverManager.getDriver(any).getPropertyInfo(any, new Properties());
    } catch (SQLException e) {
      throw new IllegalStateException("cannot load MySQL's JDBC driver", e);
    }
    // The driver creates one for each result; the first one loads the locale's calendar data.
    Calendar.getInstance();
  }

  private static Properties properties(MysqlOptions options) {
    Properties properties = new Properties();
    properties.put("user", options.user());
    properties.put("password", options.password());
    properties.put("sessionVariables", SESSION);
    properties.put("connectTimeout", "5000");
    properties.put("socketTimeout", "600000");
    // Otherwise the driver sends SET net_write_timeout before each streamed result.
    properties.put("netTimeoutForStreamingResults", "0");
    // A column may be called {fn ...}, which is JDBC's escape syntax.
    properties.put("enableEscapeProcessing", "false");
    properties.put("processEscapeCodesForPrepStmts", "false");
    if (options.host().equals("127.0.0.1") || options.host().equals("localhost")) {
      // Without TLS, caching_sha2_password asks the server for its public key. On loopback nobody
      // can intercept that.
      properties.put("allowPublicKeyRetrieval", "true");
    }
    properties.putAll(options.properties());
    return properties;
  }

  public MysqlOptions options() {
    return options;
  }

  /** A connection from the pool; closing it returns it. */
  public Connection connect() throws SQLException {
    return pool.getConnection();
  }

  /**
   * A connection outside the pool, to keep and use for short queries: after 20 seconds without an
   * answer the connection fails.
   */
  public Connection open() throws SQLException {
    return open(ANSWER_TIMEOUT);
  }

  /**
   * A connection as {@link #open()} returns it, for queries that repeat: the server prepares each
   * statement once and keeps it prepared.
   */
  public Connection openForPreparedStatements() throws SQLException {
    return open(ANSWER_TIMEOUT, Map.of("useServerPrepStmts", "true", "cachePrepStmts", "true"));
  }

  /**
   * A connection as {@link #open()} returns it, with another timeout.
   *
   * @param timeout how long an answer may take before the connection fails
   */
  public Connection open(Duration timeout) throws SQLException {
    return open(timeout, Map.of());
  }

  private Connection open(Duration timeout, Map<String, String> more) throws SQLException {
    Properties own = new Properties();
    own.putAll(properties);
    own.putAll(more);
    own.put("socketTimeout", String.valueOf(timeout.toMillis()));
    return DriverManager.getConnection(url, own);
  }

  /** The exception to throw if a query failed with {@code cause}. */
  public OrderwireException unavailable(SQLException cause) {
    // SQLSTATE class 42: MySQL answered; an object is missing or access is denied.
    boolean answered = cause.getSQLState() != null && cause.getSQLState().startsWith("42");
    return new OrderwireException(
        ErrorCode.MYSQL_UNAVAILABLE,
        answered
            ? "MySQL at %s refused a query: %s. Run `orderwire doctor`; if a table has changed, restart the server."
                .formatted(options, reason(cause))
            : "cannot query MySQL at %s: %s. Check that it is running and reachable."
                .formatted(options, reason(cause)),
        cause);
  }

  /** The cause of a failure in one line: its message and that of its root cause. */
  public static String reason(Throwable failure) {
    Throwable root = failure;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    String message = firstLine(failure);
    String rootMessage = firstLine(root);
    return message.contains(rootMessage) ? message : message + " (" + rootMessage + ")";
  }

  private static String firstLine(Throwable failure) {
    String message = failure.getMessage();
    return message == null ? failure.toString() : message.lines().findFirst().orElse("");
  }

  @Override
  public void close() {
    pool.close();
  }
}
