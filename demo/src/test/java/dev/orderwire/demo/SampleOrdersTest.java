package dev.orderwire.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class SampleOrdersTest {
  private static final String DATABASE = "my `shop`";

  @TempDir private static Path data;
  private static EmbeddedMysql mysql;

  @BeforeAll
  static void start() {
    mysql = EmbeddedMysql.start(data, 0, List.of());
  }

  @AfterAll
  static void end() {
    mysql.close();
  }

  @BeforeEach
  void freshTable() throws SQLException {
    execute("", "DROP DATABASE IF EXISTS `my ``shop```");
    SampleOrders.createTable(mysql, DATABASE);
  }

  @Test
  void theStatementsOfTheReadmeWorkOnAnEmptyTable() throws SQLException {
    execute(
        DATABASE,
        "INSERT INTO orders (customer_name, product_name, status)"
            + " VALUES ('John Doe', 'Laptop', 'pending')",
        "UPDATE orders SET status = 'shipped' WHERE id = 1");
    assertThat(
            value(
                "SELECT CONCAT_WS('|', id, customer_name, product_name, quantity, amount, status,"
                    + " created_at < updated_at) FROM orders"))
        .isEqualTo("1|John Doe|Laptop|1|0.00|shipped|1");
  }

  @Test
  void anExistingTableIsLeftAsItIs() throws SQLException {
    execute(DATABASE, "INSERT INTO orders (customer_name, product_name) VALUES ('a', 'b')");
    SampleOrders.createTable(mysql, DATABASE);
    assertThat(value("SELECT COUNT(*) FROM orders")).isEqualTo("1");
  }

  @Test
  void ordersArePlacedChangedAndDeletedButThoseOfOthersAreNotTouched() throws Exception {
    execute(
        DATABASE,
        "CREATE TABLE history (op TEXT, id BIGINT, status TEXT, quantity INT, actor TEXT)",
        "CREATE TRIGGER u AFTER UPDATE ON orders FOR EACH ROW INSERT INTO history"
            + " VALUES ('u', NEW.id, NEW.status, NEW.quantity - OLD.quantity, @orderwire_actor)",
        "CREATE TRIGGER d AFTER DELETE ON orders FOR EACH ROW INSERT INTO history"
            + " VALUES ('d', OLD.id, OLD.status, 0, @orderwire_actor)");
    try (SampleOrders _ = SampleOrders.start(mysql, DATABASE, 500)) {
      await("SELECT COUNT(*) >= 20 FROM orders");
      String newest = value("SELECT MAX(id) FROM orders");
      execute(
          DATABASE,
          "INSERT INTO orders (customer_name, product_name) VALUES ('John Doe', 'Laptop')",
          "UPDATE orders SET status = 'on hold' WHERE id = " + newest);
      await("SELECT MAX(id) > 600 FROM orders");
    }
    assertThat(count()).isBetween(150, 205);
    assertThat(value("SELECT status FROM orders WHERE id = 1")).isEqualTo("pending");
    assertThat(value("SELECT COUNT(*) FROM history WHERE id = 1")).isEqualTo("0");
    assertThat(value("SELECT status FROM orders WHERE customer_name = 'John Doe'"))
        .isEqualTo("pending");
    assertThat(value("SELECT COUNT(*) FROM orders WHERE status = 'on hold'")).isEqualTo("1");
    assertThat(
            value(
                "SELECT GROUP_CONCAT(DISTINCT status ORDER BY status) FROM orders WHERE id > 1"
                    + " AND status <> 'on hold'"))
        .isEqualTo("cancelled,delivered,paid,pending,shipped");
    assertThat(value("SELECT COUNT(*) > 0 FROM history WHERE quantity = 1")).isEqualTo("1");
    assertThat(
            value(
                "SELECT GROUP_CONCAT(DISTINCT actor ORDER BY actor) FROM history WHERE op = 'd' OR"
                    + " status = 'shipped'"))
        .isEqualTo("cleanup,warehouse");
  }

  @Test
  void aLaterRunContinuesWithTheOrdersOfAnEarlierOne() throws Exception {
    try (SampleOrders _ = SampleOrders.start(mysql, DATABASE, 500)) {
      await("SELECT COUNT(*) >= 150 FROM orders");
    }
    execute(
        DATABASE,
        "UPDATE orders SET status = 'on hold' WHERE id > 1 ORDER BY id LIMIT 1",
        "UPDATE orders SET customer_name = 'John Doe', status = 'delivered'"
            + " WHERE id > 1 AND status <> 'on hold' ORDER BY id LIMIT 1");
    try (SampleOrders _ = SampleOrders.start(mysql, DATABASE, 500)) {
      await("SELECT MAX(id) > 600 FROM orders");
    }
    assertThat(count()).isLessThan(205);
    assertThat(value("SELECT COUNT(*) FROM orders WHERE status = 'on hold'")).isEqualTo("1");
    assertThat(value("SELECT status FROM orders WHERE customer_name = 'John Doe'"))
        .isEqualTo("delivered");
  }

  @Test
  void ordersContinueAfterMysqlRestarts() throws Exception {
    try (SampleOrders _ = SampleOrders.start(mysql, DATABASE, 100)) {
      await("SELECT COUNT(*) > 5 FROM orders");
      mysql.kill();
      mysql = EmbeddedMysql.start(data, mysql.port(), List.of());
      long found = Long.parseLong(value("SELECT MAX(id) FROM orders"));
      await("SELECT MAX(id) > %d FROM orders".formatted(found + 5));
    }
  }

  @Test
  void closeEndsAllSessions() throws Exception {
    SampleOrders orders = SampleOrders.start(mysql, DATABASE, 500);
    await("SELECT COUNT(*) > 5 FROM orders");
    orders.close();
    // The sessions end with the thread; MySQL notices a moment later.
    await(
        "SELECT COUNT(*) = 0 FROM information_schema.processlist"
            + " WHERE user = 'orderwire' AND id <> CONNECTION_ID()");
  }

  private static int count() throws SQLException {
    return Integer.parseInt(value("SELECT COUNT(*) FROM orders"));
  }

  /** Waits until the query returns true, at most for the class's time limit. */
  private static void await(String sql) throws SQLException, InterruptedException {
    while (!"1".equals(value(sql))) {
      Thread.sleep(10);
    }
  }

  private static void execute(String database, String... statements) throws SQLException {
    try (Connection connection = connect(database);
        Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    }
  }

  private static String value(String sql) throws SQLException {
    try (Connection connection = connect(DATABASE);
        Statement statement = connection.createStatement();
        ResultSet results = statement.executeQuery(sql)) {
      results.next();
      return results.getString(1);
    }
  }

  private static Connection connect(String database) throws SQLException {
    return DriverManager.getConnection(mysql.jdbcUrl(database), mysql.user(), mysql.password());
  }
}
