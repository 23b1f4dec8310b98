package dev.orderwire.mysql;

import com.zaxxer.hikari.HikariDataSource;
import dev.orderwire.change.OrderwireException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import java.util.Calendar;
import java.util.Map;
import java.util.Properties;
import org.slf4j.LoggerFactory;

/**
 * The connections to one MySQL: a pool for occasional queries, and single connections for parts
 * that keep one. All sessions have the same {@link SessionVariables}, so that the same row gives
 * the same JSON everywhere. Safe for any number of threads.
 */
public final class Mysql implements AutoCloseable {
  private static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(20);

  private final MysqlOptions options;
  private final String url;
  private final Properties properties;
  private final HikariDataSource pool;
  private final Availability availability;

  /** Opens no connection: an unreachable MySQL shows at the first {@link #connect}. */
  public Mysql(MysqlOptions options) {
    this.options = options;
    this.url = options.jdbcUrl();
    this.properties = properties(options);
    this.availability = new Availability(options);
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
    pool.setExceptionOverride(new EvictBroken());
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
    properties.put("connectTimeout", "5000");
    properties.put("socketTimeout", "600000");
    if (options.host().equals("127.0.0.1") || options.host().equals("localhost")) {
      // Without TLS, caching_sha2_password asks the server for its public key. On loopback nobody
      // can intercept that.
      properties.put("allowPublicKeyRetrieval", "true");
    }
    properties.put("socketFactory", TlsSocketFactory.class.getName());
    properties.putAll(options.properties());
    properties.putAll(fixedProperties(options));
    return properties;
  }

  /** The properties that no setting replaces, as statements and results depend on them. */
  private static Map<String, String> fixedProperties(MysqlOptions options) {
    return Map.of(
        "user", options.user(),
        "password", options.password(),
        "sessionVariables",
            SessionVariables.assignments(options.properties().get("sessionVariables")),
        // Otherwise the driver adds to the SQL mode, or sets the time zone after the variables.
        "jdbcCompliantTruncation", "false",
        "forceConnectionTimeZoneToSession", "false",
        // The count of an update is that of the rows found, whether they changed or not.
        "useAffectedRows", "false",
        // Otherwise the driver sends SET net_write_timeout before each streamed result.
        "netTimeoutForStreamingResults", "0",
        // A column may be called {fn ...}, which is JDBC's escape syntax.
        "enableEscapeProcessing", "false",
        "processEscapeCodesForPrepStmts", "false");
  }

  public MysqlOptions options() {
    return options;
  }

  /** A connection from the pool; closing it returns it. */
  public Connection connect() throws SQLException {
    return reached(pool::getConnection);
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
    return reached(() -> DriverManager.getConnection(url, own));
  }

  private interface Connecting {
    Connection connect() throws SQLException;
  }

  private Connection reached(Connecting connecting) throws SQLException {
    try {
      Connection connection = connecting.connect();
      availability.reached();
      return connection;
    } catch (SQLException e) {
      // An interrupt ends a part of this process, and says nothing about MySQL.
      if (!pool.isClosed() && !Thread.currentThread().isInterrupted()) {
        availability.lost(reason(e));
      }
      // Whatever its number: the driver's own queries can meet a time limit, before it is lifted.
      throw QueryFailure.isOutage(e)
          ? e
          : new SQLTransientConnectionException(
              e.getMessage(), e.getSQLState(), e.getErrorCode(), e);
    }
  }

  /** Whether the last try to reach MySQL failed. This was logged. */
  public boolean isAway() {
    return availability.isAway();
  }

  /**
   * Whether a failure of a session is an outage of MySQL. An outage is logged here, once for all
   * sessions, so that callers need not.
   */
  public boolean isOutage(Exception failure) {
    boolean outage = failure instanceof SQLException e && QueryFailure.isOutage(e);
    if (outage && !pool.isClosed()) {
      availability.lost(reason(failure));
    }
    return outage;
  }

  /**
   * The exception to throw if a query failed with {@code cause}: {@code mysql_unavailable} in an
   * outage; otherwise {@code query_ended}, {@code table_locked}, {@code unreadable_row} or {@code
   * query_refused}.
   */
  public OrderwireException failed(SQLException cause) {
    return isOutage(cause)
        ? QueryFailure.outage(cause, options)
        : QueryFailure.answered(cause, options);
  }

  /** Ends a connection at once, also while a statement runs in it. */
  public static void abort(Connection connection) {
    try {
      connection.abort(Runnable::run);
    } catch (SQLException e) {
      LoggerFactory.getLogger(Mysql.class).debug("Failed to abort a connection", e);
    }
  }

  /** Whether a query failed because MySQL cannot compute a value: repeating it fails again. */
  public static boolean isOfValue(SQLException failure) {
    return QueryFailure.isOfValue(failure);
  }

  /** MySQL's numbers for a failure, for clients. Its text can show values of columns. */
  public static String codes(SQLException failure) {
    return QueryFailure.codes(failure);
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
