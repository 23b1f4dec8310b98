package dev.orderwire.tail.gaps;

import static dev.orderwire.tail.FollowedOrders.insert;
import static dev.orderwire.tail.FollowedOrders.run;
import static org.assertj.core.api.Assertions.assertThat;

import dev.orderwire.mysql.Mysql;
import dev.orderwire.tail.FollowedOrders;
import dev.orderwire.tail.Tail;
import dev.orderwire.tail.doorbell.Doorbell;
import dev.orderwire.testing.Await;
import dev.orderwire.testing.Recorder;
import dev.orderwire.testing.TestDatabase;
import dev.orderwire.testing.TestMysql;
import dev.orderwire.testing.TestUser;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Each proof, with a user who has only the privilege that it needs. */
class GapProofTest {
  enum Granted {
    METADATA_LOCKS("GRANT SELECT ON performance_schema.* TO %s", MetadataLocks.class),
    OPEN_TRANSACTIONS("GRANT PROCESS ON *.* TO %s", OpenTransactions.class),
    NOTHING("GRANT USAGE ON *.* TO %s", NoProof.class);

    private final String grant;
    private final Class<? extends GapProof> proof;

    Granted(String grant, Class<? extends GapProof> proof) {
      this.grant = grant;
      this.proof = proof;
    }
  }

  /** A tail whose user may read the tables, and has the privilege for one proof. */
  private static final class Followed implements AutoCloseable {
    final FollowedOrders orders = new FollowedOrders(TestMysql.database());
    final TestDatabase database = orders.database;
    final TestUser user;
    final Mysql mysql;
    final Recorder recorder = new Recorder();
    final Tail tail;

    Followed(Granted granted) {
      orders.tail.close();
      user =
          TestUser.create(
              database, "GRANT SELECT ON `" + database.name() + "`.* TO %s", granted.grant);
      mysql = new Mysql(user.options());
      tail = new Tail(mysql, orders.versions, Tail.end(mysql), recorder, Doorbell.NONE);
      tail.start();
    }

    void awaitCustomer(String customer) throws InterruptedException {
      recorder.await(
          "change of " + customer,
          changes -> changes.stream().map(FollowedOrders::customer).anyMatch(customer::equals));
    }

    void awaitGaps(long gaps) throws InterruptedException {
      recorder.awaitMoments(gaps + " gaps", moments -> tail.gaps() == gaps);
    }

    @Override
    public void close() {
      tail.close();
      mysql.close();
      user.close();
      orders.close();
    }
  }

  @ParameterizedTest
  @EnumSource(Granted.class)
  void theBestProofThatPrivilegesAllowIsUsed(Granted granted) throws Exception {
    try (Followed followed = new Followed(granted);
        Connection session = followed.mysql.open()) {
      assertThat(GapProof.of(session)).isExactlyInstanceOf(granted.proof);
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"METADATA_LOCKS", "OPEN_TRANSACTIONS"})
  void aRollbackEndsItsOwnGapsAndNotThoseOfAnOpenTransaction(Granted granted) throws Exception {
    try (Followed followed = new Followed(granted);
        Connection late = followed.database.connect();
        Connection other = followed.database.connect();
        Connection quick = followed.database.connect()) {
      late.setAutoCommit(false);
      other.setAutoCommit(false);
      insert(late, "late");
      for (int round = 0; round < 3; round++) {
        insert(other, "never");
        insert(late, "late " + round);
        insert(quick, "round " + round);
        other.rollback();
        followed.awaitCustomer("round " + round);
        followed.awaitGaps(2L + round);
      }
      late.commit();
      followed.awaitCustomer("late 2");
      followed.awaitGaps(0);
      assertThat(followed.recorder.changes())
          .extracting(FollowedOrders::customer)
          .containsExactly("round 0", "round 1", "round 2", "late", "late 0", "late 1", "late 2");
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"METADATA_LOCKS", "OPEN_TRANSACTIONS"})
  void aRollbackToASavepointEndsItsGapsBeforeTheTransactionEnds(Granted granted) throws Exception {
    try (Followed followed = new Followed(granted);
        Connection late = followed.database.connect();
        Connection quick = followed.database.connect()) {
      // Under REPEATABLE READ, MySQL 9.7 locks the end of the log after such a rollback.
      run(late, "SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED");
      late.setAutoCommit(false);
      insert(late, "late");
      run(late, "SAVEPOINT here");
      insert(late, "never");
      insert(late, "never");
      run(late, "ROLLBACK TO SAVEPOINT here");
      insert(quick, "quick");
      followed.awaitCustomer("quick");
      followed.awaitGaps(1);
      late.commit();
      followed.awaitCustomer("late");
    }
  }

  /** A running statement writes its rows one by one; none may be given up meanwhile. */
  @ParameterizedTest
  @EnumSource(names = {"METADATA_LOCKS", "OPEN_TRANSACTIONS"})
  void aRunningStatementIsFoundWhetherPreparedOrNot(Granted granted) throws Exception {
    for (boolean prepared : new boolean[] {false, true}) {
      try (Followed followed = new Followed(granted);
          Connection session = followed.mysql.open();
          Connection held = followed.database.connect()) {
        run(held, "SELECT GET_LOCK('gate', 60)");
        String url =
            TestMysql.server().jdbcUrl(followed.database.name())
                + "&useServerPrepStmts="
                + prepared;
        FutureTask<Void> writing = new FutureTask<>(() -> writeBehindTheGate(url));
        Thread.ofVirtual().start(writing);
        GapProof proof = GapProof.of(session);
        Await.until(
            "the running statement is found",
            () -> !writers(proof, session, writing).statements().isEmpty());
        OpenWriters first = writers(proof, session, writing);
        OpenWriters second = writers(proof, session, writing);
        assertThat(first.statements()).hasSize(1).isEqualTo(second.statements());
        assertThat(first.transactions()).hasSize(1).isEqualTo(second.transactions());

        run(held, "SELECT RELEASE_LOCK('gate')");
        writing.get();
        Await.until(
            "it has ended", () -> writers(proof, session, writing).transactions().isEmpty());
      }
    }
  }

  /** Writes one row, then waits for the gate in the middle of the statement. */
  private static Void writeBehindTheGate(String url) throws SQLException {
    try (Connection connection =
            DriverManager.getConnection(
                url, TestMysql.server().user(), TestMysql.server().password());
        PreparedStatement insert =
            connection.prepareStatement(
                "INSERT INTO orders (customer_name) SELECT IF(n = 1, 'one', GET_LOCK('gate', ?))"
                    + " FROM (SELECT 1 AS n UNION ALL SELECT 2) AS two")) {
      insert.setInt(1, 60);
      insert.execute();
      return null;
    }
  }

  private static OpenWriters writers(GapProof proof, Connection session, FutureTask<Void> writing) {
    try {
      if (writing.isDone()) {
        writing.get();
      }
      Optional<OpenWriters> found = Optional.empty();
      while (found.isEmpty()) {
        Thread.sleep(proof.pause());
        found = proof.findWriters(session);
      }
      return found.get();
    } catch (SQLException | ExecutionException e) {
      throw new AssertionError(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** MySQL renews its copy only if nobody has read it for 100 ms. */
  @Test
  void aStaleCopyOfTheTransactionsProvesNothing() throws Exception {
    try (Followed followed = new Followed(Granted.OPEN_TRANSACTIONS);
        Connection session = followed.mysql.open();
        Statement reader = session.createStatement();
        Connection writer = followed.database.connect()) {
      followed.tail.close();
      writer.setAutoCommit(false);
      OpenTransactions proof = new OpenTransactions();
      Thread.sleep(Duration.ofMillis(200));
      reader.execute("SELECT * FROM information_schema.innodb_trx");
      insert(writer, "late");
      assertThat(proof.findWriters(session)).isEmpty();
      Thread.sleep(Duration.ofMillis(200));
      assertThat(proof.findWriters(session))
          .hasValueSatisfying(found -> assertThat(found.transactions()).hasSize(1));
    }
  }

  @Test
  void withoutPrivilegesEveryGapStays() throws Exception {
    try (Followed followed = new Followed(Granted.NOTHING);
        Connection slow = followed.database.connect();
        Connection other = followed.database.connect();
        Connection quick = followed.database.connect()) {
      slow.setAutoCommit(false);
      other.setAutoCommit(false);
      insert(slow, "slow");
      insert(other, "never");
      insert(quick, "quick");
      other.rollback();
      followed.awaitCustomer("quick");
      assertThat(followed.tail.gaps()).isEqualTo(2);
      slow.commit();
      followed.awaitCustomer("slow");
      assertThat(followed.tail.gaps()).isEqualTo(1);
    }
  }
}
