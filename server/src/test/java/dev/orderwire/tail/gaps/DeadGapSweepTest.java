package dev.orderwire.tail.gaps;

import static dev.orderwire.tail.FollowedOrders.insert;
import static org.assertj.core.api.Assertions.assertThat;

import dev.orderwire.change.Ids;
import dev.orderwire.tail.FollowedOrders;
import dev.orderwire.testing.Recorder;
import dev.orderwire.testing.TestMysql;
import java.sql.Connection;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class DeadGapSweepTest {
  private static final long LATER = Duration.ofSeconds(2).toNanos();

  /** A wrong proof: it never finds a writer. */
  private static final class WrongProof implements GapProof {
    @Override
    public Optional<OpenWriters> findWriters(Connection session) {
      return Optional.of(new OpenWriters(Set.of(), Set.of()));
    }

    @Override
    public Duration pause() {
      return Duration.ofMillis(1);
    }
  }

  /** As from a stalled writer, whose row comes after the wrong proof. */
  @Test
  void aChangeWhoseGapWasWronglyDeclaredDeadIsDeliveredLateAndOnce() throws Exception {
    try (FollowedOrders orders =
            FollowedOrders.withProof(TestMysql.database(), _ -> new WrongProof());
        Connection writer = orders.database.connect()) {
      writer.setAutoCommit(false);
      insert(writer, "never");
      writer.rollback();
      writer.setAutoCommit(true);
      insert(writer, "first");
      orders.awaitCustomer("first");
      orders.awaitNoGaps();
      assertThat(orders.tail.foundDead()).isZero();

      orders.database.execute(
          "INSERT INTO orderwire_change_log (id, table_name, op, row_key, row_after, actor) SELECT 1,"
              + " table_name, op, row_key, JSON_SET(row_after, '$.customer_name', 'lost'), actor"
              + " FROM orderwire_change_log WHERE id = 2");
      orders.awaitCustomer("lost");
      assertThat(orders.tail.foundDead()).isEqualTo(1);
      insert(writer, "after");
      orders.awaitCustomer("after");
      assertThat(orders.customers()).containsExactly("first", "lost", "after");
      assertThat(orders.recorder.moments()).allMatch(Recorder.Moment::complete);
    }
  }

  /** Its row is in the log all the time, so a wrong proof does not make the gap dead. */
  @Test
  void aWrongProofDoesNotLoseAnOpenTransaction() throws Exception {
    try (FollowedOrders orders =
            FollowedOrders.withProof(TestMysql.database(), _ -> new WrongProof());
        Connection slow = orders.database.connect();
        Connection quick = orders.database.connect()) {
      slow.setAutoCommit(false);
      insert(slow, "slow");
      for (int round = 0; round < 5; round++) {
        insert(quick, "round " + round);
        orders.awaitCustomer("round " + round);
      }
      slow.commit();
      orders.awaitCustomer("slow");
      assertThat(orders.tail.foundDead()).isZero();
    }
  }

  @Test
  void allOfVeryManyDeadIdsAreCheckedInTurn() throws Exception {
    try (FollowedOrders orders = new FollowedOrders(TestMysql.database());
        Connection session = orders.mysql.open()) {
      orders.tail.close();
      DeadGapSweep sweep = new DeadGapSweep();
      Ids.Builder dead = new Ids.Builder();
      for (long id = 1; id < 2L * DeadGapSweep.RANGES; id += 2) {
        dead.add(id, id);
      }
      sweep.add(dead.build(), 0);
      long[] wrong = {1, 9_001, 2L * DeadGapSweep.RANGES - 1};
      for (long id : wrong) {
        orders.database.execute(
            "INSERT INTO orderwire_change_log (id, table_name, op, actor) VALUES ("
                + id
                + ", 'orders', 'insert', '')");
      }
      Ids found = Ids.NONE;
      for (int look = 1; look <= 5; look++) {
        found = found.and(sweep.find(session, orders.tail.position().epoch(), look * LATER));
      }
      assertThat(found).isEqualTo(Ids.of(wrong));
      assertThat(sweep.found()).isEqualTo(3);
      for (int look = 6; look <= 12; look++) {
        assertThat(sweep.find(session, orders.tail.position().epoch(), look * LATER))
            .isEqualTo(Ids.NONE);
      }
    }
  }

  @Test
  void onlyTheNewestDeadIdsAreKept() throws Exception {
    try (FollowedOrders orders = new FollowedOrders(TestMysql.database());
        Connection session = orders.mysql.open()) {
      orders.tail.close();
      DeadGapSweep sweep = new DeadGapSweep();
      sweep.add(Ids.of(1), 0);
      Ids.Builder dead = new Ids.Builder();
      for (long id = 3; id <= 2L * DeadGapSweep.RANGES + 1; id += 2) {
        dead.add(id, id);
      }
      sweep.add(dead.build(), 0);
      orders.database.execute(
          "INSERT INTO orderwire_change_log (id, table_name, op, actor) VALUES (1, 'orders', 'insert', ''), (3, 'orders', 'insert', '')");
      assertThat(sweep.find(session, orders.tail.position().epoch(), LATER)).isEqualTo(Ids.of(3));
    }
  }
}
