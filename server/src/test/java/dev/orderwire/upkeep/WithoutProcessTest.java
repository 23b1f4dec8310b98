package dev.orderwire.upkeep;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orderwire.capture.InstallOptions;
import dev.orderwire.capture.triggers.TriggerCapture;
import dev.orderwire.mysql.Mysql;
import dev.orderwire.tail.FollowedOrders;
import dev.orderwire.testing.Await;
import dev.orderwire.testing.TestDatabase;
import dev.orderwire.testing.TestMysql;
import dev.orderwire.testing.TestUser;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Watched tables of a user to whom MySQL does not show InnoDB's ids of the tables. */
class WithoutProcessTest {
  private static final List<String> TABLES = List.of("orders");
  private static final String PARTITIONED =
      "CREATE TABLE orders (id INT UNSIGNED PRIMARY KEY AUTO_INCREMENT,"
          + " customer_name VARCHAR(100) NOT NULL) PARTITION BY HASH (id) PARTITIONS 2";

  private static long resets(FollowedOrders orders) {
    return orders.recorder.moments().stream()
        .filter(moment -> moment.reset().contains("orders"))
        .count();
  }

  /** Of these, the table itself shows no sign, not even another creation time. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "ALTER TABLE orders TRUNCATE PARTITION p1",
        "ALTER TABLE orders EXCHANGE PARTITION p1 WITH TABLE other",
        "TRUNCATE TABLE orders"
      })
  void anEmptiedTableIsReset(String sql) throws InterruptedException {
    TestDatabase database = TestMysql.database();
    database.execute(
        PARTITIONED,
        "CREATE TABLE other (id INT UNSIGNED PRIMARY KEY AUTO_INCREMENT,"
            + " customer_name VARCHAR(100) NOT NULL)",
        "INSERT INTO orders (customer_name) VALUES ('Ann')");
    try (FollowedOrders orders = new FollowedOrders(database);
        TestUser user = TestUser.create(database, "GRANT ALL ON * TO %s");
        Mysql few = new Mysql(user.options());
        Reconciler reconciler =
            new Reconciler(
                few, new TriggerCapture(), TABLES, InstallOptions.DEFAULT, true, orders.tail)) {
      reconciler.start();
      awaitFirstCheck(orders);
      long before = resets(orders);
      database.execute(sql);
      orders.recorder.awaitMoments("a reset", _ -> resets(orders) > before);
    }
  }

  /** A check is over once it has repaired the trigger, and reset the table. */
  private static void awaitFirstCheck(FollowedOrders orders) throws InterruptedException {
    long before = resets(orders);
    orders.database.execute("DROP TRIGGER orderwire_orders_insert");
    orders.recorder.awaitMoments("the first reset", _ -> resets(orders) > before);
  }

  /** Otherwise each check would reset it again. */
  @Test
  void oneResetFollowsAlthoughAProblemStays() throws InterruptedException {
    TestDatabase database = TestMysql.database();
    database.execute("CREATE TABLE parents (id INT UNSIGNED PRIMARY KEY)");
    try (FollowedOrders orders = new FollowedOrders(database);
        TestUser user = TestUser.create(database, "GRANT ALL ON * TO %s");
        Mysql few = new Mysql(user.options());
        Reconciler reconciler =
            new Reconciler(
                few, new TriggerCapture(), TABLES, InstallOptions.DEFAULT, true, orders.tail)) {
      reconciler.start();
      database.execute(
          "ALTER TABLE orders ADD COLUMN parent INT UNSIGNED,"
              + " ADD FOREIGN KEY (parent) REFERENCES parents (id) ON DELETE CASCADE");
      Await.until("a problem", () -> reconciler.problem().isPresent());
      awaitFirstCheck(orders);
      long before = resets(orders);
      database.execute("TRUNCATE TABLE orders");
      orders.recorder.awaitMoments("a reset", _ -> resets(orders) > before);
      // Each repair of a trigger shows that one more check is over.
      for (int i = 1; i <= 3; i++) {
        long seen = resets(orders);
        database.execute("DROP TRIGGER orderwire_orders_insert");
        orders.recorder.awaitMoments("a repair", _ -> resets(orders) > seen);
      }
      assertThat(resets(orders)).isEqualTo(before + 4);
    }
  }
}
