package dev.orderwire.tail;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orderwire.changelog.ChangeLogTable;
import dev.orderwire.testing.Await;
import dev.orderwire.testing.TestMysql;
import org.junit.jupiter.api.Test;

/**
 * A change log that takes the place of another one while the tail follows. Until it has an epoch,
 * nothing of it may be delivered: its ids mean other changes than those in the positions.
 */
final class ReplacedLogTest {
  private final FollowedOrders orders = new FollowedOrders(TestMysql.database());

  /** Puts a log with these rows in the place of the log, at one stroke. */
  private void replaceLog(String rows) {
    orders.database.execute(
        "DROP TABLE IF EXISTS old_log, new_log",
        "CREATE TABLE new_log LIKE " + ChangeLogTable.NAME,
        "INSERT INTO new_log (id, table_name, op, row_key, row_before, row_after, actor) SELECT "
            + rows,
        "RENAME TABLE %1$s TO old_log, new_log TO %1$s".formatted(ChangeLogTable.NAME));
  }

  private void insert(String customer) throws InterruptedException {
    orders.database.execute("INSERT INTO orders (customer_name) VALUES ('%s')".formatted(customer));
    orders.awaitCustomer(customer);
  }

  private void awaitReadsRefused() {
    Await.until(
        "the tail waits for an epoch",
        () ->
            orders.tail.status() instanceof TailStatus.Waiting waiting
                && waiting.cause().contains("has no epoch yet"));
  }

  @Test
  void idsAboveTheHeadAreNotDeliveredBeforeItHasAnEpoch() throws InterruptedException {
    try (orders) {
      insert("Ann");
      insert("Bob");
      replaceLog(
          "id + 1, table_name, op, row_key, row_before, JSON_SET(row_after, '$.customer_name', 'new'), actor FROM orderwire_change_log");
      awaitReadsRefused();
      assertThat(orders.customers()).containsExactly("Ann", "Bob");
    }
  }

  @Test
  void idsOfDeadGapsAreNotDeliveredBeforeItHasAnEpoch() throws Exception {
    try (orders;
        var writer = orders.database.connect()) {
      writer.setAutoCommit(false);
      FollowedOrders.insert(writer, "never");
      insert("Ann");
      writer.rollback();
      orders.awaitNoGaps();
      // The row at the head is the same, so that only the sweep can notice.
      replaceLog(
          "id, table_name, op, row_key, row_before, row_after, actor FROM orderwire_change_log");
      orders.database.execute(
          "UPDATE %1$s AS new, old_log AS old SET new.at = old.at WHERE new.id = old.id"
              .formatted(ChangeLogTable.NAME),
          "INSERT INTO %1$s (id, table_name, op, row_key, row_after, actor) SELECT 1, table_name, op, row_key, JSON_SET(row_after, '$.customer_name', 'new'), actor FROM %1$s"
              .formatted(ChangeLogTable.NAME));
      awaitReadsRefused();
      assertThat(orders.customers()).containsExactly("Ann");
      assertThat(orders.tail.foundDead()).isZero();
    }
  }

  /** As retention of another server, or a user, deletes it. */
  @Test
  void theRowAtTheHeadMayBeDeleted() throws InterruptedException {
    try (orders) {
      insert("Ann");
      orders.database.execute("DELETE FROM " + ChangeLogTable.NAME);
      insert("Bob");
      orders.database.execute("DELETE FROM " + ChangeLogTable.NAME);
      insert("Cleo");
      assertThat(orders.customers()).containsExactly("Ann", "Bob", "Cleo");
      assertThat(orders.recorder.restarts()).isEmpty();
    }
  }
}
