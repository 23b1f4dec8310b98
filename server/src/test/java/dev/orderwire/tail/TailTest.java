package dev.orderwire.tail;

import static dev.orderwire.tail.FollowedOrders.insert;
import static dev.orderwire.tail.FollowedOrders.run;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import dev.orderwire.change.Change;
import dev.orderwire.change.Op;
import dev.orderwire.tail.doorbell.Doorbell;
import dev.orderwire.testing.Recorder;
import dev.orderwire.testing.TestMysql;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.junit.jupiter.api.Test;

class TailTest {
  @Test
  void aChangeArrivesWithKeyRowsAndActor() throws Exception {
    try (FollowedOrders orders = new FollowedOrders(TestMysql.database());
        Connection writer = orders.database.connect()) {
      run(writer, "SET @orderwire_actor = 'the till'");
      insert(writer, "Ann");
      run(writer, "UPDATE orders SET status = 'shipped' WHERE id = 1");
      run(writer, "DELETE FROM orders WHERE id = 1");

      orders.recorder.await("three changes", changes -> changes.size() == 3);
      List<Change> changes = orders.recorder.changes();
      assertThat(changes).extracting(Change::op).containsExactly(Op.INSERT, Op.UPDATE, Op.DELETE);
      assertThat(changes).extracting(Change::actor).containsOnly("the till");
      assertThat(changes).extracting(Change::table).containsOnly("orders");
      Change update = changes.get(1);
      assertThat(update.key().columns().cells()).containsOnly(entry("id", "1"));
      assertThat(requireNonNull(update.before()).json("status")).isEqualTo("\"pending\"");
      assertThat(requireNonNull(update.after()).cells())
          .containsExactly(
              entry("id", "1"),
              entry("customer_name", "\"Ann\""),
              entry("status", "\"shipped\""),
              entry("amount", "\"0.00\""));
    }
  }

  @Test
  void aLateCommitIsDeliveredOnceAndDelaysNoOtherChange() throws Exception {
    try (FollowedOrders orders = new FollowedOrders(TestMysql.database());
        Connection slow = orders.database.connect();
        Connection quick = orders.database.connect()) {
      slow.setAutoCommit(false);
      insert(slow, "slow");
      insert(quick, "quick");
      orders.awaitCustomer("quick");
      assertThat(orders.customers()).containsExactly("quick");
      assertThat(orders.tail.gaps()).isEqualTo(1);

      slow.commit();
      orders.awaitCustomer("slow");
      insert(quick, "after");
      orders.awaitCustomer("after");

      assertThat(orders.customers()).containsExactly("quick", "slow", "after");
      assertThat(orders.tail.gaps()).isZero();
    }
  }

  @Test
  void aRollbackLeavesNoGapBehind() throws Exception {
    try (FollowedOrders orders = new FollowedOrders(TestMysql.database());
        Connection slow = orders.database.connect();
        Connection quick = orders.database.connect()) {
      slow.setAutoCommit(false);
      insert(slow, "never");
      insert(quick, "quick");
      orders.awaitCustomer("quick");
      slow.rollback();

      orders.awaitNoGaps();
      insert(quick, "after");
      orders.awaitCustomer("after");
      assertThat(orders.customers()).containsExactly("quick", "after");
    }
  }

  @Test
  void aKilledConnectionIsARollback() throws Exception {
    try (FollowedOrders orders = new FollowedOrders(TestMysql.database());
        Connection quick = orders.database.connect()) {
      Connection killed = orders.database.connect();
      killed.setAutoCommit(false);
      insert(killed, "never");
      insert(quick, "quick");
      orders.awaitCustomer("quick");
      run(quick, "KILL " + connectionId(killed));

      orders.awaitNoGaps();
      insert(quick, "after");
      orders.awaitCustomer("after");
      assertThat(orders.customers()).containsExactly("quick", "after");
    }
  }

  @Test
  void aRollbackEndsNoGapOfAnotherTransaction() throws Exception {
    try (FollowedOrders orders = new FollowedOrders(TestMysql.database());
        Connection first = orders.database.connect();
        Connection second = orders.database.connect();
        Connection quick = orders.database.connect()) {
      first.setAutoCommit(false);
      second.setAutoCommit(false);
      insert(first, "first");
      insert(second, "never");
      insert(quick, "quick");
      orders.awaitCustomer("quick");
      second.rollback();
      first.commit();
      orders.awaitCustomer("first");

      orders.awaitNoGaps();
      assertThat(orders.customers()).containsExactly("quick", "first");
    }
  }

  @Test
  void aTransactionLeftOpenKeepsOnlyItsOwnGaps() throws Exception {
    try (FollowedOrders orders = new FollowedOrders(TestMysql.database());
        Connection forgotten = orders.database.connect();
        Connection other = orders.database.connect();
        Connection quick = orders.database.connect()) {
      forgotten.setAutoCommit(false);
      other.setAutoCommit(false);
      insert(forgotten, "late");
      insert(quick, "quick");
      orders.awaitCustomer("quick");
      awaitWritersFound(orders);
      for (int round = 0; round < 3; round++) {
        insert(other, "never");
        insert(quick, "round " + round);
        orders.awaitCustomer("round " + round);
        other.rollback();
        orders.recorder.awaitMoments("only its own gap", moments -> orders.tail.gaps() == 1);
      }
      forgotten.commit();
      orders.awaitCustomer("late");
      assertThat(orders.customers())
          .containsExactly("quick", "round 0", "round 1", "round 2", "late");
    }
  }

  @Test
  void changesOfOneTransactionArriveTogetherEvenFromBelowHead() throws Exception {
    try (FollowedOrders orders = new FollowedOrders(TestMysql.database());
        Connection slow = orders.database.connect();
        Connection quick = orders.database.connect()) {
      slow.setAutoCommit(false);
      insert(slow, "one");
      insert(quick, "quick");
      orders.awaitCustomer("quick");
      insert(slow, "two");
      slow.commit();

      orders.awaitCustomer("two");
      assertThat(orders.recorder.moments())
          .filteredOn(moment -> !moment.changes().isEmpty())
          .extracting(moment -> moment.changes().stream().map(FollowedOrders::customer).toList())
          .containsExactly(List.of("quick"), List.of("one", "two"));
    }
  }

  @Test
  void ofTheCallsForALargeMomentOnlyTheLastIsComplete() throws Exception {
    try (FollowedOrders orders = new FollowedOrders(TestMysql.database());
        Connection writer = orders.database.connect()) {
      insert(writer, "seed");
      for (int i = 0; i < 13; i++) {
        run(writer, "INSERT INTO orders (customer_name) SELECT customer_name FROM orders");
      }
      orders.recorder.await("8192 changes", changes -> changes.size() == 8192);
      int before = orders.recorder.moments().size();

      run(writer, "UPDATE orders SET status = 'paid'");
      orders.recorder.await("16384 changes", changes -> changes.size() == 16384);
      orders.recorder.awaitMoments("its end", moments -> moments.getLast().complete());

      List<Recorder.Moment> parts = orders.recorder.moments();
      parts = parts.subList(before, parts.size());
      assertThat(parts).hasSizeGreaterThan(2);
      assertThat(parts.subList(0, parts.size() - 1)).noneMatch(Recorder.Moment::complete);
      assertThat(orders.recorder.changes()).extracting(Change::id).doesNotHaveDuplicates();
    }
  }

  @Test
  void aTransactionOpenAtTheStartOfATailIsDelivered() throws Exception {
    try (FollowedOrders orders = new FollowedOrders(TestMysql.database());
        Connection slow = orders.database.connect();
        Connection quick = orders.database.connect()) {
      slow.setAutoCommit(false);
      insert(slow, "slow");
      insert(quick, "quick");
      orders.awaitCustomer("quick");
      orders.tail.close();

      Recorder recorder = new Recorder();
      try (Tail restarted =
          new Tail(
              orders.mysql, orders.versions, Tail.end(orders.mysql), recorder, Doorbell.NONE)) {
        restarted.start();
        slow.commit();
        recorder.await("slow", changes -> changes.size() == 1);
        assertThat(recorder.changes()).extracting(FollowedOrders::customer).containsExactly("slow");
      }
    }
  }

  @Test
  void theTailContinuesAfterItsConnectionWasKilled() throws Exception {
    try (FollowedOrders orders = new FollowedOrders(TestMysql.database());
        Connection writer = orders.database.connect()) {
      insert(writer, "before");
      orders.awaitCustomer("before");
      for (int round = 0; round < 3; round++) {
        for (List<String> other :
            orders.database.query(
                "SELECT id FROM information_schema.processlist WHERE db = DATABASE() AND id NOT IN"
                    + " (CONNECTION_ID(), "
                    + connectionId(writer)
                    + ")")) {
          orders.database.execute("KILL " + other.getFirst());
        }
        insert(writer, "round " + round);
        orders.awaitCustomer("round " + round);
      }
      assertThat(orders.customers()).containsExactly("before", "round 0", "round 1", "round 2");
    }
  }

  /**
   * Waits for so many reads, at least 2 ms apart, that the tail has looked for writers meanwhile.
   */
  private static void awaitWritersFound(FollowedOrders orders) {
    long enough = orders.tail.reads() + 100;
    while (orders.tail.reads() < enough) {
      Thread.onSpinWait();
    }
  }

  private static long connectionId(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SELECT CONNECTION_ID()")) {
      row.next();
      return row.getLong(1);
    }
  }
}
