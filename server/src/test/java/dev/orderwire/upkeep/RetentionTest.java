package dev.orderwire.upkeep;

import static dev.orderwire.tail.FollowedOrders.insert;
import static org.assertj.core.api.Assertions.assertThat;

import dev.orderwire.change.Ids;
import dev.orderwire.change.Position;
import dev.orderwire.changelog.MysqlBacklog;
import dev.orderwire.changelog.RetentionFloor;
import dev.orderwire.feed.Backlog;
import dev.orderwire.tail.FollowedOrders;
import dev.orderwire.tail.Tail;
import dev.orderwire.tail.doorbell.Doorbell;
import dev.orderwire.testing.Await;
import dev.orderwire.testing.LogAge;
import dev.orderwire.testing.LogLines;
import dev.orderwire.testing.Recorder;
import dev.orderwire.testing.TestMysql;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RetentionTest {
  private static final Duration OFTEN = Duration.ofMillis(20);
  private static final Duration NEVER_AGAIN = Duration.ofHours(1);

  private FollowedOrders orders;
  private Connection writer;

  @BeforeEach
  void start() throws SQLException {
    orders = new FollowedOrders(TestMysql.database());
    writer = orders.database.connect();
  }

  @AfterEach
  void end() throws SQLException {
    writer.close();
    orders.close();
  }

  private void insertAll(String... customers) throws Exception {
    for (String customer : customers) {
      insert(writer, customer);
      orders.awaitCustomer(customer);
    }
  }

  /** Makes all changes up to an id three days old. */
  private void age(long id) {
    LogAge.seen(orders.database, id, Duration.ofDays(3));
  }

  private List<Long> kept() {
    return orders.database.query("SELECT id FROM orderwire_change_log ORDER BY id").stream()
        .map(row -> Long.parseLong(Objects.requireNonNull(row.getFirst())))
        .toList();
  }

  private long floor() {
    try (Connection session = orders.mysql.connect()) {
      return RetentionFloor.of(session);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private Retention byAge(Tail tail) {
    return new Retention(orders.mysql, tail, Duration.ofDays(2), 0, OFTEN);
  }

  @Test
  void theOldestRowsAreDeletedUpToTheFirstYoungerOne() throws Exception {
    insertAll("a", "b", "c", "d", "e");
    age(2);
    try (Retention retention = byAge(orders.tail)) {
      retention.start();
      Await.until("the floor is raised", () -> floor() == 2);
      assertThat(kept()).containsExactly(3L, 4L, 5L);
      age(4);
      Await.until("the floor is raised", () -> floor() == 4);
      assertThat(kept()).containsExactly(5L);
    }
  }

  @Test
  void theNewestRowIsKeptHoweverOld() throws Exception {
    insertAll("a", "b", "c");
    age(3);
    try (Retention retention = byAge(orders.tail)) {
      retention.start();
      Await.until("the floor is raised", () -> floor() == 2);
      insertAll("d");
      age(4);
      Await.until("the floor is raised", () -> floor() == 3);
      assertThat(kept()).containsExactly(4L);
    }
  }

  @Test
  void noRowAboveAnOpenGapIsDeleted() throws Exception {
    try (Connection slow = orders.database.connect()) {
      insertAll("a", "b");
      slow.setAutoCommit(false);
      insert(slow, "slow");
      insertAll("d", "e", "f");
      age(6);
      try (Retention retention = byAge(orders.tail)) {
        retention.start();
        Await.until("the floor is raised", () -> floor() == 2);
        assertThat(kept()).containsExactly(4L, 5L, 6L);
        slow.commit();
        orders.awaitCustomer("slow");
        Await.until("the floor is raised", () -> floor() == 5);
      }
    }
  }

  @Test
  void noRowIsDeletedBeforeTheTailHasDeliveredIt() throws Exception {
    insertAll("a", "b");
    orders.tail.close();
    insert(writer, "c");
    insert(writer, "d");
    age(4);
    try (Connection session = orders.mysql.open();
        Retention retention = byAge(orders.tail)) {
      assertThat(retention.delete(session, 0).last()).isEqualTo(2);
      assertThat(retention.delete(session, 0).count()).isZero();
      assertThat(kept()).containsExactly(3L, 4L);
    }
  }

  @Test
  void theOldestRowsAreDeletedUntilTheLogIsSmallEnough() throws Exception {
    insertAll("first");
    orders.database.execute(
        "INSERT INTO orders (customer_name) WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1"
            + " FROM n WHERE i < 900) SELECT REPEAT('x', 100) FROM n",
        "INSERT INTO orders (customer_name) SELECT customer_name FROM orders",
        "INSERT INTO orders (customer_name) SELECT customer_name FROM orders");
    insertAll("last");
    long all = kept().size();
    long size;
    try (Connection session = orders.mysql.open()) {
      size = LogSize.of(session);
      assertThat(size).isBetween(all * 250, all * 450);
    }
    try (Retention retention =
        new Retention(orders.mysql, orders.tail, Duration.ZERO, size / 3, NEVER_AGAIN)) {
      retention.start();
      Await.until("two thirds are gone", () -> kept().size() < all * 4 / 10);
    }
    assertThat((double) kept().size()).isBetween(all * 0.25, all * 0.4);
    assertThat(kept())
        .isEqualTo(
            LongStream.rangeClosed(floor() + 1, orders.tail.position().head())
                .filter(kept()::contains)
                .boxed()
                .toList());
  }

  @Test
  void aReplayFromBelowDeletedRowsReportsThem() throws Exception {
    insertAll("a", "b", "c", "d");
    age(2);
    MysqlBacklog replay = new MysqlBacklog(orders.mysql, orders.catalog);
    try (Connection session = orders.mysql.open();
        Retention retention = byAge(orders.tail)) {
      retention.delete(session, 0);
    }
    String epoch = orders.tail.position().epoch();
    Position end = orders.tail.position();
    Position covered = new Position(epoch, 2, Ids.NONE);
    assertThat(replay.page(end.since(covered), "orders", 0, 10, 1_000_000))
        .isInstanceOfSatisfying(
            Backlog.Page.Changes.class, page -> assertThat(page.changes()).hasSize(2));
    for (Position since :
        List.of(
            new Position(epoch, 0, Ids.NONE),
            new Position(epoch, 1, Ids.NONE),
            new Position(epoch, 3, Ids.of(2)))) {
      assertThat(replay.page(end.since(since), "orders", 0, 10, 1_000_000))
          .as(since.toString())
          .isInstanceOf(Backlog.Page.Deleted.class);
    }
    assertThat(replay.page(end.since(new Position(epoch, 1, Ids.NONE)), "orders", 2, 10, 1_000_000))
        .isInstanceOf(Backlog.Page.Changes.class);
  }

  /** As after the server was stopped for longer than changes are kept. */
  @Test
  void aTailWhoseUnreadChangesWereDeletedRestartsAtTheEnd() throws Exception {
    insertAll("a");
    Position stopped = orders.tail.position();
    insertAll("b", "c", "d");
    age(4);
    try (Connection session = orders.mysql.open();
        Retention retention = byAge(orders.tail)) {
      assertThat(retention.delete(session, 0).last()).isEqualTo(3);
    }
    Recorder recorder = new Recorder();
    try (Tail late = new Tail(orders.mysql, orders.versions, stopped, recorder, Doorbell.NONE)) {
      late.start();
      recorder.awaitRestart();
      assertThat(recorder.restarts()).containsExactly(orders.tail.position());
      insert(writer, "after");
      recorder.await(
          "the change after the restart",
          changes -> changes.stream().map(FollowedOrders::customer).anyMatch("after"::equals));
      assertThat(late.gaps()).isZero();
    }
  }

  @Test
  void aNewTailTakesNoDeletedRowForAGap() throws Exception {
    insertAll("a", "b", "c", "d");
    age(3);
    try (Connection session = orders.mysql.open();
        Retention retention = byAge(orders.tail);
        Connection slow = orders.database.connect()) {
      retention.delete(session, 0);
      slow.setAutoCommit(false);
      insert(slow, "slow");
      insertAll("e");
      assertThat(Tail.end(orders.mysql).gaps()).isEqualTo(Ids.of(5));
    }
  }

  @Test
  void aMysqlThatTakesNoWritesIsNotBlamedOnPrivileges() throws Exception {
    insertAll("a", "b", "c");
    age(3);
    orders.database.execute("SET GLOBAL super_read_only = 1");
    try (LogLines log = new LogLines(Retention.class.getName());
        Retention retention =
            new Retention(orders.mysql, orders.tail, Duration.ofDays(1), 0, OFTEN)) {
      retention.start();
      Await.until("a warning", () -> !log.all().isEmpty());
      assertThat(log.all().getFirst()).contains("read-only").doesNotContain("The user needs");
    } finally {
      orders.database.execute("SET GLOBAL super_read_only = 0", "SET GLOBAL read_only = 0");
    }
  }
}
