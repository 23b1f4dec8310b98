package dev.orderwire.tail.doorbell;

import static dev.orderwire.tail.FollowedOrders.insert;
import static dev.orderwire.tail.FollowedOrders.run;
import static org.assertj.core.api.Assertions.assertThat;

import dev.orderwire.mysql.Mysql;
import dev.orderwire.mysql.MysqlOptions;
import dev.orderwire.tail.FollowedOrders;
import dev.orderwire.tail.RingOnlyPacer;
import dev.orderwire.testing.Await;
import dev.orderwire.testing.StallingProxy;
import dev.orderwire.testing.TestDatabase;
import dev.orderwire.testing.TestMysql;
import dev.orderwire.testing.TestUser;
import java.sql.Connection;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class BinlogDoorbellTest {
  private static final String STREAMS =
      "SELECT id FROM information_schema.processlist WHERE command = 'Binlog Dump'";

  private final RingOnlyPacer pacer = new RingOnlyPacer();

  private FollowedOrders ordersWithDoorbell() {
    return FollowedOrders.withDoorbell(TestMysql.database(), BinlogDoorbell::new, pacer);
  }

  private static void awaitLive(FollowedOrders orders) {
    Await.until("the doorbell is live", () -> orders.tail.doorbell().isLive());
  }

  /** Waits until the tail reads only after a ring. */
  private void awaitRingOnly(FollowedOrders orders) {
    awaitLive(orders);
    Await.until("the tail waits for a ring", pacer::waits);
  }

  @Test
  void aRingCausesARead() throws Exception {
    try (FollowedOrders orders = ordersWithDoorbell();
        Connection writer = orders.database.connect()) {
      for (String customer : List.of("Ann", "Bob", "Cid")) {
        awaitRingOnly(orders);
        insert(writer, customer);
        orders.awaitCustomer(customer);
      }
      assertThat(orders.customers()).containsExactly("Ann", "Bob", "Cid");
    }
  }

  @Test
  void aTailThatWaitsForARingDoesNotQuery() throws Exception {
    try (FollowedOrders orders = ordersWithDoorbell()) {
      awaitRingOnly(orders);
      long reads = orders.tail.reads();
      long alive = statements(orders.database, "Com_select");
      // Long enough for hundreds of queries if the tail polled.
      Thread.sleep(2_000);
      assertThat(orders.tail.reads()).isEqualTo(reads);
      assertThat(statements(orders.database, "Com_select") - alive).isLessThan(10);
      assertThat(orders.tail.doorbell().isLive()).isTrue();
    }
  }

  private static long statements(TestDatabase database, String counter) {
    return Long.parseLong(
        String.valueOf(
            database.query("SHOW GLOBAL STATUS LIKE '" + counter + "'").getFirst().get(1)));
  }

  @Test
  void aCommitThatRingsBeforeItIsVisibleIsFound() throws Exception {
    try (FollowedOrders orders = ordersWithDoorbell();
        Connection slow = orders.database.connect();
        Connection quick = orders.database.connect()) {
      awaitRingOnly(orders);
      slow.setAutoCommit(false);
      insert(slow, "late");
      insert(quick, "quick");
      orders.awaitCustomer("quick");
      slow.commit();
      orders.awaitCustomer("late");
    }
  }

  @Test
  void aChangeKeptFromTheBinlogArrivesWithoutARing() throws Exception {
    try (FollowedOrders orders =
            FollowedOrders.withDoorbell(TestMysql.database(), BinlogDoorbell::new);
        Connection writer = orders.database.connect()) {
      awaitLive(orders);
      run(writer, "SET SESSION sql_log_bin = 0");
      insert(writer, "silent");
      orders.awaitCustomer("silent");
      assertThat(orders.tail.doorbell().isLive()).isTrue();
    }
  }

  @Test
  void gapsEndWithoutARing() throws Exception {
    try (FollowedOrders orders = ordersWithDoorbell();
        Connection slow = orders.database.connect();
        Connection quick = orders.database.connect()) {
      awaitRingOnly(orders);
      slow.setAutoCommit(false);
      insert(slow, "never");
      insert(quick, "quick");
      orders.awaitCustomer("quick");
      slow.rollback();
      orders.awaitNoGaps();
    }
  }

  @Test
  void ringsThatBringNothingDoNotBreakATailWithAGap() throws Exception {
    try (FollowedOrders orders = ordersWithDoorbell();
        Connection slow = orders.database.connect();
        Connection quick = orders.database.connect()) {
      run(quick, "CREATE TABLE others (id INT)");
      awaitRingOnly(orders);
      slow.setAutoCommit(false);
      insert(slow, "late");
      insert(quick, "quick");
      orders.awaitCustomer("quick");
      String sessions = sessions(orders.database);
      for (int i = 0; i < 20; i++) {
        long rings = orders.tail.doorbell().rings();
        run(quick, "INSERT INTO others VALUES (1)");
        Await.until("it rings", () -> orders.tail.doorbell().rings() > rings);
        Thread.sleep(10);
      }
      slow.commit();
      orders.awaitCustomer("late");
      assertThat(sessions(orders.database)).isEqualTo(sessions);
    }
  }

  private static String sessions(TestDatabase database) {
    return database
        .query(
            "SELECT id FROM information_schema.processlist WHERE db = DATABASE()"
                + " AND id <> CONNECTION_ID() ORDER BY id")
        .toString();
  }

  @Test
  void aKilledStreamReconnectsAndNoChangeIsMissed() throws Exception {
    try (FollowedOrders orders = ordersWithDoorbell();
        Connection writer = orders.database.connect()) {
      for (int round = 0; round < 2; round++) {
        awaitRingOnly(orders);
        for (List<String> stream : orders.database.query(STREAMS)) {
          run(writer, "KILL " + stream.getFirst());
        }
        Await.until("the doorbell is not live", () -> !orders.tail.doorbell().isLive());
        insert(writer, "without " + round);
        orders.awaitCustomer("without " + round);
        awaitRingOnly(orders);
        insert(writer, "with " + round);
        orders.awaitCustomer("with " + round);
      }
      assertThat(orders.customers()).containsExactly("without 0", "with 0", "without 1", "with 1");
    }
  }

  @Test
  void aSilentStreamReconnectsAndNoChangeIsMissed() throws Exception {
    TestDatabase database = TestMysql.database();
    try (StallingProxy network = new StallingProxy(database.options().port());
        Mysql far = new Mysql(at(database.options(), network.port()));
        FollowedOrders orders =
            FollowedOrders.withDoorbell(database, _ -> new BinlogDoorbell(far), pacer);
        Connection writer = database.connect()) {
      awaitRingOnly(orders);
      network.stall();
      Await.until("the doorbell is not live", () -> !orders.tail.doorbell().isLive());
      insert(writer, "without");
      orders.awaitCustomer("without");
      awaitRingOnly(orders);
      insert(writer, "with");
      orders.awaitCustomer("with");
    }
  }

  @Test
  void aRowLargerThanAPacketRings() throws Exception {
    try (FollowedOrders orders = ordersWithDoorbell();
        Connection writer = orders.database.connect()) {
      run(writer, "CREATE TABLE large (content LONGBLOB)");
      awaitRingOnly(orders);
      long before = orders.tail.doorbell().rings();
      run(writer, "INSERT INTO large VALUES (REPEAT('x', 3 * 16777215 + 1000))");
      Await.until("it rings", () -> orders.tail.doorbell().rings() > before);
      awaitRingOnly(orders);
      insert(writer, "Ann");
      orders.awaitCustomer("Ann");
      assertThat(orders.tail.doorbell().isLive()).isTrue();
    }
  }

  @Test
  void withoutPrivilegesForTheBinlogTheTailPolls() throws Exception {
    TestDatabase database = TestMysql.database();
    try (TestDatabase accounts = TestMysql.database();
        TestUser user = TestUser.create(accounts, "GRANT SELECT ON *.* TO %s");
        Mysql other = new Mysql(user.options());
        FollowedOrders orders =
            FollowedOrders.withDoorbell(database, _ -> new BinlogDoorbell(other), pacer);
        Connection writer = database.connect()) {
      try (Connection connection = other.connect()) {
        assertThat(BinlogAccess.of(connection))
            .isEqualTo(
                new BinlogAccess.Denied(
                    "%s@127.0.0.1 lacks the privilege REPLICATION SLAVE, REPLICATION CLIENT"
                        .formatted(user.name()),
                    "GRANT REPLICATION SLAVE, REPLICATION CLIENT ON *.* TO %s;"
                        .formatted(user.account())));
      }
      insert(writer, "Ann");
      orders.awaitCustomer("Ann");
      assertThat(orders.tail.doorbell().isLive()).isFalse();

      user.grant("GRANT REPLICATION SLAVE, REPLICATION CLIENT ON *.* TO %s");
      awaitRingOnly(orders);
      insert(writer, "Bob");
      orders.awaitCustomer("Bob");
    }
  }

  @Test
  void closeEndsItsThreadAndItsStream() throws Exception {
    try (TestDatabase database = TestMysql.database();
        Mysql mysql = new Mysql(database.options())) {
      BinlogDoorbell doorbell = new BinlogDoorbell(mysql);
      doorbell.start(() -> {});
      Await.until("the doorbell is live", doorbell::isLive);
      // MySQL notices that an earlier test's stream has ended when it sends the next heartbeat.
      Await.until("no other stream", () -> database.query(STREAMS).size() == 1);
      doorbell.close();
      assertThat(doorbell.isLive()).isFalse();
      assertThat(Thread.getAllStackTraces().keySet())
          .extracting(Thread::getName)
          .doesNotContain("doorbell");
      Await.until("MySQL has ended the stream", () -> database.query(STREAMS).isEmpty());
    }
  }

  private static MysqlOptions at(MysqlOptions options, int port) {
    return new MysqlOptions(
        options.host(),
        port,
        options.user(),
        options.password(),
        options.database(),
        options.poolSize(),
        Map.of());
  }
}
