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
 * The demo's application: a table {@code orders}, and a shop that keeps it moving, on a thread of
 * its own. Where MySQL goes away, it waits until it is back.
 */
public final class SampleOrders implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(SampleOrders.class);

  private static final Duration RETRIES_AFTER = Duration.ofSeconds(1);
  private static final Duration CATCHES_UP_ON_AT_MOST = Duration.ofSeconds(1);

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
  private final Duration pause;
  private final Thread thread;

  private SampleOrders(EmbeddedMysql mysql, String database, double rate) {
    this.url = mysql.jdbcUrl(database);
    this.properties = properties(mysql);
    this.pause = Duration.ofNanos((long) (1e9 / rate));
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
   * Creates the database and its table {@code orders} where they are missing. What is there stays
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
          "The table orders could not be created in the database %s: %s"
              .formatted(database, e.getMessage()),
          e);
    }
  }

  /**
   * Begins to make orders, and to do with earlier ones what happens to orders.
   *
   * @param database where {@link #createTable} was called
   * @param rate new orders a second, 0 for none; each brings some four further changes with it. A
   *     rate that MySQL does not keep up with is made as near as it can be.
   */
  public static SampleOrders start(EmbeddedMysql mysql, String database, double rate) {
    if (!(rate >= 0 && rate <= 1_000_000)) {
      throw new IllegalArgumentException("orders a second: 0 to 1,000,000, not " + rate);
    }
    SampleOrders orders = new SampleOrders(mysql, database, rate);
    if (rate > 0) {
      orders.thread.start();
    }
    return orders;
  }

  private void run() {
    boolean outageIsTold = false;
    try {
      while (true) {
        try (Connection connection = DriverManager.getConnection(url, properties)) {
          SampleShop shop = new SampleShop(connection);
          outageIsTold = false;
          keepGoing(shop);
        } catch (SQLException e) {
          // close() ends a wait for MySQL too, as a failure.
          if (!outageIsTold && !Thread.currentThread().isInterrupted()) {
            LOG.warn("No sample orders until MySQL takes them again: {}", e.getMessage());
            outageIsTold = true;
          }
        }
        Thread.sleep(RETRIES_AFTER);
      }
    } catch (InterruptedException closed) {
      // The end that close() asked for.
    }
  }

  private void keepGoing(SampleShop shop) throws SQLException, InterruptedException {
    long next = System.nanoTime();
    while (true) {
      shop.goOn();
      long now = System.nanoTime();
      next = Math.max(next + pause.toNanos(), now - CATCHES_UP_ON_AT_MOST.toNanos());
      Thread.sleep(Duration.ofNanos(Math.max(0, next - now)));
    }
  }

  /** Makes no more orders. Returns when the last one is made. */
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
