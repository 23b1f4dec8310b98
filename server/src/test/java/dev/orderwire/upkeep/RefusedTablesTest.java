package dev.orderwire.upkeep;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orderwire.capture.InstallOptions;
import dev.orderwire.capture.triggers.TriggerCapture;
import dev.orderwire.change.Table;
import dev.orderwire.tail.FollowedOrders;
import dev.orderwire.testing.Await;
import dev.orderwire.testing.TestMysql;
import java.util.List;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tables that are altered while a server runs such that it must refuse them. */
class RefusedTablesTest {
  private FollowedOrders orders;
  private Reconciler reconciler;

  @BeforeEach
  void start() {
    orders = new FollowedOrders(TestMysql.database());
    reconciler =
        new Reconciler(
            orders.mysql,
            new TriggerCapture(),
            List.of("orders"),
            InstallOptions.DEFAULT,
            true,
            orders.tail);
    reconciler.start();
  }

  @AfterEach
  void end() {
    reconciler.close();
    orders.close();
  }

  private Table table() {
    return orders.catalog.table("orders").orElseThrow();
  }

  private void insert(String customer) {
    orders.database.execute("INSERT INTO orders (customer_name) VALUES ('" + customer + "')");
  }

  private void awaitProblem(String part) {
    Await.until(part, () -> reconciler.problem().filter(it -> it.contains(part)).isPresent());
  }

  private void awaitShape(Predicate<Table> shape) throws InterruptedException {
    orders.recorder.awaitMoments("a reset", _ -> shape.test(table()));
    Await.until("no problem", () -> reconciler.problem().isEmpty());
  }

  @Test
  void aNewColumnThatDependsOnTheSessionIsReportedAndTheOthersGoOn() throws InterruptedException {
    orders.database.execute(
        "ALTER TABLE orders ADD COLUMN made TIMESTAMP NULL, ADD COLUMN day VARCHAR(30) AS (made) VIRTUAL");
    awaitProblem("the virtual column day of table orders");
    insert("meanwhile");
    orders.awaitCustomer("meanwhile");
    assertThat(table().columnNames()).doesNotContain("made", "day");
    assertThat(orders.tail.markers().isEmpty()).isTrue();

    orders.database.execute(
        "ALTER TABLE orders DROP COLUMN day, ADD COLUMN day VARCHAR(30) AS (made) STORED");
    awaitShape(table -> table.column("day").isPresent());
    insert("after");
    orders.awaitCustomer("after");
  }

  @Test
  void aColumnThatComesToDependOnTheSessionIsNotDelivered() throws InterruptedException {
    orders.database.execute(
        "ALTER TABLE orders ADD COLUMN made TIMESTAMP NULL, ADD COLUMN label VARCHAR(30) AS (status) VIRTUAL");
    awaitShape(table -> table.column("label").isPresent());
    orders.database.execute(
        "ALTER TABLE orders DROP COLUMN label, ADD COLUMN label VARCHAR(30) AS (made) VIRTUAL");
    awaitProblem("the virtual column label of table orders");
    Await.until("a marker", () -> orders.tail.markers().all().containsKey("orders"));
    insert("withheld");

    orders.database.execute(
        "ALTER TABLE orders DROP COLUMN label, ADD COLUMN label VARCHAR(31) AS (made) STORED");
    awaitShape(table -> table.column("label").orElseThrow().type().equals("varchar(31)"));
    insert("after");
    orders.awaitCustomer("after");
    assertThat(orders.customers()).doesNotContain("withheld");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "MODIFY id INT UNSIGNED NOT NULL, DROP PRIMARY KEY",
        "MODIFY id INT UNSIGNED NOT NULL, DROP PRIMARY KEY,"
            + " ADD COLUMN c VARCHAR(9) CHARACTER SET cp932 PRIMARY KEY DEFAULT ''"
      })
  void aTableWithoutAKeyThatTellsRowsApartIsNotDelivered(String alteration)
      throws InterruptedException {
    orders.database.execute("ALTER TABLE orders " + alteration);
    awaitProblem("key");
    Await.until("a marker", () -> orders.tail.markers().all().containsKey("orders"));
    orders.database.execute("INSERT INTO orders (id, customer_name) VALUES (7, 'withheld')");
    if (alteration.contains("cp932")) {
      orders.database.execute("ALTER TABLE orders DROP PRIMARY KEY, DROP COLUMN c");
    }
    orders.database.execute("ALTER TABLE orders ADD PRIMARY KEY (id, customer_name)");
    awaitShape(table -> table.key().size() == 2);
    orders.database.execute("INSERT INTO orders (id, customer_name) VALUES (8, 'after')");
    orders.awaitCustomer("after");
    assertThat(orders.customers()).doesNotContain("withheld");
  }
}
