package dev.orderwire.upkeep;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orderwire.capture.InstallOptions;
import dev.orderwire.capture.triggers.TriggerCapture;
import dev.orderwire.mysql.Mysql;
import dev.orderwire.mysql.MysqlOptions;
import dev.orderwire.tail.FollowedOrders;
import dev.orderwire.testing.Await;
import dev.orderwire.testing.TestDatabase;
import dev.orderwire.testing.TestMysql;
import dev.orderwire.testing.TestUser;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What may have kept changes out of the change log ends with a reset of the table. */
class HolesTest {
  private static final List<String> TABLES = List.of("orders");

  /** Without its checks, MySQL does not rebuild the table, which would reset it. */
  private static final String[] ADD_CASCADE = {
    "SET SESSION foreign_key_checks = 0",
    "ALTER TABLE orders ADD CONSTRAINT bought FOREIGN KEY (customer)"
        + " REFERENCES customers (id) ON DELETE CASCADE"
  };

  private static final String DROP_CASCADE = "ALTER TABLE orders DROP FOREIGN KEY bought";

  private final TestDatabase database = TestMysql.database();
  private FollowedOrders orders;
  private Reconciler reconciler;
  private long resets;

  @BeforeEach
  void start() {
    database.execute(
        "CREATE TABLE customers (id INT PRIMARY KEY)",
        "INSERT INTO customers VALUES (1)",
        "CREATE TABLE orders (id INT PRIMARY KEY AUTO_INCREMENT, customer_name VARCHAR(100),"
            + " customer INT, KEY (customer))");
    orders = new FollowedOrders(database);
    reconciler = reconcile(orders.mysql, InstallOptions.DEFAULT);
  }

  private Reconciler reconcile(Mysql mysql, InstallOptions options) {
    Reconciler started =
        new Reconciler(mysql, new TriggerCapture(), TABLES, options, true, orders.tail);
    started.start();
    return started;
  }

  @AfterEach
  void end() {
    reconciler.close();
    orders.close();
  }

  private long resets() {
    return orders.recorder.moments().stream()
        .filter(moment -> moment.reset().contains("orders"))
        .count();
  }

  private void execute(String... sql) {
    resets = resets();
    database.execute(sql);
  }

  private void awaitReset() throws InterruptedException {
    orders.recorder.awaitMoments("a reset", _ -> resets() > resets);
  }

  private void awaitProblem(String text) {
    Await.until(text, () -> reconciler.problem().filter(it -> it.contains(text)).isPresent());
  }

  private void awaitNoProblem() {
    Await.until("no problem", () -> reconciler.problem().isEmpty());
  }

  private void awaitStored(String text) {
    Await.until(
        text + " in the stored state",
        () ->
            !database
                .query(
                    "SELECT 1 FROM orderwire_state WHERE name = 'table:orders' AND value LIKE '%"
                        + text
                        + "%'")
                .isEmpty());
  }

  @Test
  void aCascadeThatHasEnded() throws InterruptedException {
    database.execute("INSERT INTO orders (customer_name, customer) VALUES ('Ann', 1)");
    orders.awaitCustomer("Ann");
    execute(ADD_CASCADE);
    awaitProblem("foreign key bought");
    database.execute("DELETE FROM customers");
    assertThat(database.query("SELECT * FROM orders")).isEmpty();
    execute(DROP_CASCADE);
    awaitReset();
    awaitNoProblem();
  }

  @Test
  void aCascadeThatEndedWhileNoServerRan() throws InterruptedException {
    execute(ADD_CASCADE);
    awaitStored("foreign key bought");
    reconciler.close();
    execute("DELETE FROM customers", DROP_CASCADE);
    reconciler = reconcile(orders.mysql, InstallOptions.DEFAULT);
    awaitReset();
  }

  /** The user has accepted the hole, but its end is as good a moment to fill it. */
  @Test
  void anAcceptedCascadeThatHasEnded() throws InterruptedException {
    reconciler.close();
    reconciler = reconcile(orders.mysql, new InstallOptions(true, false));
    execute(ADD_CASCADE);
    awaitStored("foreign key bought");
    execute(DROP_CASCADE);
    awaitReset();
  }

  /** As a DBA does around a bulk load; all at once, so that no check sees it missing. */
  @Test
  void aTriggerThatWasDroppedAndCreatedAgainWithTheSameText() throws InterruptedException {
    reconciler.close();
    String create =
        Objects.requireNonNull(
            database.query("SHOW CREATE TRIGGER orderwire_orders_insert").getFirst().get(2));
    execute(
        "SET SESSION sql_mode = 'STRICT_TRANS_TABLES'",
        "SET NAMES utf8mb4 COLLATE utf8mb4_bin",
        "DROP TRIGGER orderwire_orders_insert",
        "INSERT INTO orders (customer_name) VALUES ('unseen')",
        create);
    reconciler = reconcile(orders.mysql, InstallOptions.DEFAULT);
    awaitReset();
  }

  /** Its triggers then run, but log nothing. */
  @Test
  void aPrivilegeThatWasRevokedAndGrantedAgain() throws InterruptedException {
    reconciler.close();
    orders.close();
    TestDatabase own = TestMysql.database();
    own.execute(
        "CREATE TABLE orders (id INT PRIMARY KEY AUTO_INCREMENT, customer_name VARCHAR(9))");
    String log = "ON " + own.name() + ".orderwire_change_log";
    try (TestUser definer =
            TestUser.create(
                own,
                "GRANT SELECT, TRIGGER ON orders TO %s",
                "GRANT SELECT, INSERT, UPDATE, DELETE, CREATE ON orderwire_state TO %s",
                "GRANT SELECT, INSERT, CREATE " + log + " TO %s");
        Mysql mysql = new Mysql(definer.options())) {
      new TriggerCapture().install(mysql, TABLES, InstallOptions.DEFAULT);
      orders = new FollowedOrders(own);
      reconciler = reconcile(mysql, InstallOptions.DEFAULT);
      own.execute("INSERT INTO orders (customer_name) VALUES ('Ann')");
      orders.awaitCustomer("Ann");
      resets = resets();
      definer.grant("REVOKE INSERT " + log + " FROM %s");
      awaitProblem("lack INSERT on orderwire_change_log");
      awaitOtherServer(own);
      own.execute("INSERT INTO orders (customer_name) VALUES ('unseen')");
      definer.grant("GRANT INSERT " + log + " TO %s");
      awaitReset();
      awaitNoProblem();
      assertThat(orders.customers()).containsExactly("Ann");
    }
  }

  /**
   * A server whose user may not see the privileges of the definer must not take them for granted.
   */
  private void awaitOtherServer(TestDatabase own) {
    String before = stored(own);
    assertThat(before).contains("lack INSERT");
    String other = "'other_of_" + own.name() + "'@'127.0.0.1'";
    own.execute("CREATE USER " + other + " IDENTIFIED BY 'secret'", "GRANT ALL ON * TO " + other);
    MysqlOptions all = own.options();
    try (Mysql mysql =
        new Mysql(
            new MysqlOptions(
                all.host(),
                all.port(),
                "other_of_" + own.name(),
                "secret",
                own.name(),
                2,
                Map.of()))) {
      new TriggerCapture().install(mysql, TABLES, InstallOptions.DEFAULT);
    } finally {
      own.execute("DROP USER " + other);
    }
    assertThat(stored(own)).isEqualTo(before);
    assertThat(resets()).isEqualTo(resets);
  }

  private static String stored(TestDatabase database) {
    return String.valueOf(
        database
            .query("SELECT value FROM orderwire_state WHERE name = 'table:orders'")
            .getFirst()
            .getFirst());
  }

  @Test
  void aRowOfTheChangeLogThatCannotBeRead() throws InterruptedException {
    execute(
        "INSERT INTO orderwire_change_log (table_name, op, row_key, row_after, actor)"
            + " VALUES ('orders', 'insert', '[1]', '[2]', 'somebody')");
    awaitReset();
    Await.until("no unreadable row", () -> orders.tail.unreadableRow().isEmpty());
    database.execute("INSERT INTO orders (customer_name) VALUES ('Ann')");
    orders.awaitCustomer("Ann");
  }
}
