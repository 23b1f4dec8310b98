package dev.orderwire.demo;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Properties;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The demo's application: a table {@code orders}, and a shop that writes to it on a thread of its
 * own. While MySQL is unavailable, the shop waits.
 */
public final class SampleOrders implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(SampleOrders.class);

  private static final Duration RETRY_INTERVAL = Duration.ofSeconds(1);

  /** How much of a delay the shop catches up on. */
  private static final Duration MAX_CATCH_UP = Duration.ofSeconds(1);

  private static final String TABLE =
      """
      CREATE TABLE IF NOT EXISTS orders (
        id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
        customer_name VARCHAR(255) NOT NULL,
        product_name VARCHAR(255) NOT NULL,
        quantity INT NOT NULL DEFAULT 1,
        amount DECIMAL(10,2) NOT NULL DEFAULT 0,
        status VARCHAR(32) NOT NULL DEFAULT 'pending',
        created_at TIMESTAMP(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
        updated_at TIMESTAMP(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6)
          ON UPDATE CURRENT_TIMESTAMP(6)
      )\
      """;

  private final String url;
  private final Properties properties;
  private final Duration interval;
  private final Thread thread;

  private SampleOrders(EmbeddedMysql mysql, String database, double rate) {
    this.url = mysql.jdbcUrl(database);
    this.properties = properties(mysql);
    this.interval = Duration.ofNanos((long) (1e9 / rate));
    this.thread = Thread.ofVirtual().name("sample-orders").unstarted(this::run);
  }

  private static Properties properties(EmbeddedMysql mysql) {
    Properties properties = new Properties();
    properties.put("user", mysql.user());
    properties.put("password", mysql.password());
    properties.put("connectTimeout", "5000");
    properties.put("socketTimeout", "30000");
    return properties;
  }

  /**
   * Creates the database and its table {@code orders} if they are missing. Leaves an existing table
   * as it is.
   */
  public static void createTable(EmbeddedMysql mysql, String database) {
    try (Connection connection = DriverManager.getConnection(mysql.jdbcUrl(""), properties(mysql));
        Statement statement = connection.createStatement()) {
      String name = '`' + database.replace("`", "``") + '`';
      statement.execute("CREATE DATABASE IF NOT EXISTS " + name + " CHARACTER SET utf8mb4");
      statement.execute("USE " + name);
      statement.execute(TABLE);
    } catch (SQLException e) {
      throw new EmbeddedMysqlException(
          "Failed to create the table orders in the database %s: %s"
              .formatted(database, e.getMessage()),
          e);
    }
  }

  /**
   * Begins to place orders, and to change and delete earlier ones.
   *
   * @param database a database with the table of {@link #createTable}
   * @param rate new orders a second, 0 for none; each causes about four further changes. If MySQL
   *     cannot keep up with the rate, there are as many as it allows.
   */
  public static SampleOrders start(EmbeddedMysql mysql, String database, double rate) {
    if (!(rate >= 0 && rate <= 1_000_000)) {
      throw new IllegalArgumentException("orders a second must be 0 to 1,000,000, not " + rate);
    }
    SampleOrders orders = new SampleOrders(mysql, database, rate);
    if (rate > 0) {
      orders.thread.start();
    }
    return orders;
  }

  private void run() {
    boolean outageLogged = false;
    try {
      while (true) {
        try (Connection connection = DriverManager.getConnection(url, properties)) {
          SampleShop shop = new SampleShop(connection);
          outageLogged = false;
          writeOrders(shop);
        } catch (SQLException e) {
          // After an interrupt by close(), a failed statement is no outage.
          if (!outageLogged && !Thread.currentThread().isInterrupted()) {
            LOG.warn("No sample orders until MySQL is available again: {}", e.getMessage());
            outageLogged = true;
          }
        }
        Thread.sleep(RETRY_INTERVAL);
      }
    } catch (InterruptedException e) {
      // close() interrupts the thread.
    }
  }

  private void writeOrders(SampleShop shop) throws SQLException, InterruptedException {
    long next = System.nanoTime();
    while (true) {
      shop.step();
      long now = System.nanoTime();
      next = Math.max(next + interval.toNanos(), now - MAX_CATCH_UP.toNanos());
      Thread.sleep(Duration.ofNanos(Math.max(0, next - now)));
    }
  }

  /** Stops placing orders. Returns when the last statement has ended. */
  @Override
  public void close() {
    thread.interrupt();
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
