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
 * The connections to one MySQL: a pool for all who ask now and then, and single ones for those who
 * keep theirs. Every session is set alike, so that the same row gives the same JSON everywhere:
 * time zone UTC, utf8mb4, no SQL mode, READ COMMITTED. Safe for any number of threads.
 */
public final class Mysql implements AutoCloseable {
  private static final String SESSION =
      "time_zone='+00:00',sql_mode='',transaction_isolation='READ-COMMITTED',"
          // A LOCK TABLES … WRITE takes the change log along; waiting is then ours to see, not
          // MySQL's
          // to pile up.
          + "lock_wait_timeout=10";

  private static final Duration QUIET = Duration.ofSeconds(20);

  private final MysqlOptions options;
  private final String url;
  private final Properties properties;
  private final HikariDataSource pool;

  /** Opens no connection: an unreachable MySQL shows when the first one is asked for. */
  public Mysql(MysqlOptions options) {
    this.options = options;
    this.url = options.jdbcUrl();
    this.properties = properties(options);
    // Made with a configuration, it would connect at once, beside who opens the first connection.
    this.pool = new HikariDataSource();
    pool.setPoolName("mysql");
    pool.setJdbcUrl(url);
    pool.setDataSourceProperties(properties);
    pool.setMaximumPoolSize(options.poolSize());
    // Those that were asked for stay for a while; none is opened for nobody.
    pool.setMinimumIdle(0);
    pool.setConnectionTimeout(10_000);
    pool.setInitializationFailTimeout(-1);
  }

  /**
   * Loads what the first connection needs, and its first answer, which takes longer than to
   * connect. For any thread, while no other connects.
   */
  public static void load() {
    String any = "jdbc:mysql://localhost/";
    try {
      DriverManager.getDriver(any).getPropertyInfo(any, new Properties());
    } catch (SQLException e) {
      throw new IllegalStateException("MySQL's driver is missing, or not as expected", e);
    }
    // The driver makes one for each result, and the JDK looks for the locale's weeks at the first.
    Calendar.getInstance();
  }

  private static Properties properties(MysqlOptions options) {
    Properties properties = new Properties();
    properties.put("user", options.user());
    properties.put("password", options.password());
    properties.put("sessionVariables", SESSION);
    properties.put("connectTimeout", "5000");
    properties.put("socketTimeout", "600000");
    // Streaming a result would otherwise cost a SET net_write_timeout before each one.
    properties.put("netTimeoutForStreamingResults", "0");
    // {fn ...} is JDBC's own language, and a column may be called so.
    properties.put("enableEscapeProcessing", "false");
    properties.put("processEscapeCodesForPrepStmts", "false");
    if (options.host().equals("127.0.0.1") || options.host().equals("localhost")) {
      // Without TLS, caching_sha2_password asks the server for its key: nobody sits in between
      // here.
      properties.put("allowPublicKeyRetrieval", "true");
    }
    properties.putAll(options.properties());
    return properties;
  }

  public MysqlOptions options() {
    return options;
  }

  /** A connection of the pool; closing it gives it back. */
  public Connection connect() throws SQLException {
    return pool.getConnection();
  }

  /**
   * A connection of its own, for one who keeps it and asks short questions: an answer that takes
   * more than 20 seconds counts as a dead network. Closing it ends it.
   */
  public Connection open() throws SQLException {
    return open(QUIET);
  }

  /**
   * The same for one who asks the same again and again: what is prepared there, MySQL keeps
   * prepared, and reads no statement anew.
   */
  public Connection openToAskAgain() throws SQLException {
    return open(QUIET, Map.of("useServerPrepStmts", "true", "cachePrepStmts", "true"));
  }

  /**
   * The same, with another bound.
   *
   * @param patience how long an answer may take before the network counts as dead
   */
  public Connection open(Duration patience) throws SQLException {
    return open(patience, Map.of());
  }

  private Connection open(Duration patience, Map<String, String> besides) throws SQLException {
    Properties own = new Properties();
    own.putAll(properties);
    own.putAll(besides);
    own.put("socketTimeout", String.valueOf(patience.toMillis()));
    return DriverManager.getConnection(url, own);
  }

  /** What to throw where {@code cause} kept us from asking MySQL. */
  public OrderwireException unavailable(SQLException cause) {
    // SQLSTATE class 42: it answered, and what was asked for is not there or not allowed.
    boolean answered = cause.getSQLState() != null && cause.getSQLState().startsWith("42");
    return new OrderwireException(
        ErrorCode.MYSQL_UNAVAILABLE,
        answered
            ? "MySQL at %s refused: %s; run `orderwire doctor`, and restart the server where a table has changed"
                .formatted(options, reason(cause))
            : "MySQL at %s cannot be asked: %s; is it up, and reachable?"
                .formatted(options, reason(cause)),
        cause);
  }

  /** Why something failed, in one line: what the driver says, and what lies at the bottom of it. */
  public static String reason(Throwable failure) {
    Throwable root = failure;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    String said = firstLine(failure);
    String below = firstLine(root);
    return said.contains(below) ? said : said + " (" + below + ")";
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
