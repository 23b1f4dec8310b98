package dev.orderwire.tail;

import static dev.orderwire.tail.FollowedOrders.insert;
import static dev.orderwire.tail.FollowedOrders.run;
import static org.assertj.core.api.Assertions.assertThat;

import dev.orderwire.change.Position;
import dev.orderwire.demo.EmbeddedMysql;
import dev.orderwire.mysql.Mysql;
import dev.orderwire.tail.doorbell.Doorbell;
import dev.orderwire.testing.Await;
import dev.orderwire.testing.Recorder;
import dev.orderwire.testing.TestDatabase;
import dev.orderwire.testing.TestUser;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Transactions that were under way when MySQL was killed by kill -9. */
class MysqlCrashTest {
  @TempDir private Path data;
  private EmbeddedMysql mysql;
  private FollowedOrders orders;

  @BeforeEach
  void start() {
    mysql = EmbeddedMysql.start(data, 0, List.of());
    orders = new FollowedOrders(TestDatabase.create(mysql, "shop"));
  }

  @AfterEach
  void end() {
    // A prepared transaction left by a test would keep the database from being dropped.
    for (List<String> prepared : orders.database.query("XA RECOVER")) {
      orders.database.execute("XA ROLLBACK '" + prepared.getLast() + "'");
    }
    orders.close();
    mysql.close();
  }

  private void crash() {
    mysql.kill();
    mysql = EmbeddedMysql.start(data, mysql.port(), List.of());
  }

  @Test
  void gapsOfTransactionsThatACrashRolledBackEnd() throws Exception {
    try (Connection slow = orders.database.connect();
        Connection quick = orders.database.connect()) {
      run(slow, "START TRANSACTION");
      for (int i = 0; i < 50; i++) {
        insert(slow, "never");
        insert(quick, "before " + i);
      }
      orders.awaitCustomer("before 49");
      assertThat(orders.tail.gaps()).isEqualTo(50);
      crash();
    }
    orders.awaitNoGaps();
    try (Connection writer = orders.database.connect()) {
      insert(writer, "after");
    }
    orders.awaitCustomer("after");
    assertThat(orders.customers()).hasSize(51).doesNotContain("never").doesNotHaveDuplicates();
  }

  /** After the crash it has no connection, and MySQL's main thread owns its locks. */
  @Test
  void aPreparedXaTransactionKeepsItsGapsAcrossACrashUntilItEnds() throws Exception {
    prepareXa("one", "late");
    prepareXa("two", "never");
    try (Connection quick = orders.database.connect()) {
      insert(quick, "before");
    }
    orders.awaitCustomer("before");
    assertThat(orders.tail.gaps()).isEqualTo(2);
    crash();
    try (Connection writer = orders.database.connect()) {
      for (int round = 0; round < 3; round++) {
        writer.setAutoCommit(false);
        insert(writer, "never");
        writer.rollback();
        writer.setAutoCommit(true);
        insert(writer, "after " + round);
        orders.awaitCustomer("after " + round);
        orders.recorder.awaitMoments("only the two gaps", moments -> orders.tail.gaps() == 2);
      }
      run(writer, "XA COMMIT 'one'");
      orders.awaitCustomer("late");
      assertThat(orders.tail.gaps()).isEqualTo(1);
      run(writer, "XA ROLLBACK 'two'");
      orders.awaitNoGaps();
    }
    assertThat(orders.customers())
        .containsExactly("before", "after 0", "after 1", "after 2", "late");
  }

  /** Also with a user who may see neither metadata locks nor transactions nor XA RECOVER. */
  @Test
  void aTailThatStartsAfterACrashDeliversAPreparedXaTransaction() throws Exception {
    prepareXa("one", "late");
    try (Connection quick = orders.database.connect()) {
      insert(quick, "before");
    }
    orders.awaitCustomer("before");
    orders.tail.close();
    crash();
    for (String grant :
        List.of(
            "GRANT SELECT ON performance_schema.* TO %s",
            "GRANT PROCESS ON *.* TO %s", "GRANT USAGE ON *.* TO %s")) {
      try (TestUser user = TestUser.create(orders.database, "GRANT SELECT ON shop.* TO %s", grant);
          Mysql limited = new Mysql(user.options())) {
        Position start = Tail.end(limited);
        assertThat(start.gaps().size()).as(grant).isEqualTo(1);
        assertThat(start.head()).isEqualTo(2);
      }
    }
    Recorder recorder = new Recorder();
    try (Tail restarted =
        new Tail(orders.mysql, orders.versions, Tail.end(orders.mysql), recorder, Doorbell.NONE)) {
      restarted.start();
      Await.until("it reads", () -> restarted.reads() > 0);
      try (Connection other = orders.database.connect()) {
        run(other, "XA COMMIT 'one'");
      }
      recorder.await("late", changes -> changes.size() == 1);
      assertThat(recorder.changes()).extracting(FollowedOrders::customer).containsExactly("late");
    }
  }

  /** Prepares a transaction and ends its connection. */
  private void prepareXa(String name, String customer) throws SQLException {
    try (Connection connection = orders.database.connect()) {
      run(connection, "XA START '" + name + "'");
      insert(connection, customer);
      run(connection, "XA END '" + name + "'");
      run(connection, "XA PREPARE '" + name + "'");
    }
  }
}
