package dev.orderwire.tail.doorbell;

import static dev.orderwire.tail.FollowedOrders.insert;
import static dev.orderwire.tail.FollowedOrders.run;
import static org.assertj.core.api.Assertions.assertThat;

import dev.orderwire.mysql.Mysql;
import dev.orderwire.mysql.MysqlOptions;
import dev.orderwire.tail.FollowedOrders;
import dev.orderwire.tail.PatientPacer;
import dev.orderwire.tail.ReadPacer;
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

  private final PatientPacer pause = new PatientPacer();

  private FollowedOrders ordersWithBell() {
    return new FollowedOrders(TestMysql.database(), BinlogDoorbell::new, pause);
  }

  private static void awaitLife(FollowedOrders orders) {
    Await.until("the bell lives", () -> orders.tail.bell().isLive());
  }

  /** From here on the tail reads when the bell rings, and only then. */
  private void awaitRest(FollowedOrders orders) {
    awaitLife(orders);
    Await.until("the tail waits for the bell", pause::waits);
  }

  @Test
  void aChangeIsReadWhenTheBellRings() throws Exception {
    try (FollowedOrders orders = ordersWithBell();
        Connection writer = orders.database.connect()) {
      for (String customer : List.of("Ann", "Bob", "Cid")) {
        awaitRest(orders);
        insert(writer, customer);
        orders.awaitCustomer(customer);
      }
      assertThat(orders.customers()).containsExactly("Ann", "Bob", "Cid");
    }
  }

  @Test
  void whoWaitsForTheBellAsksNothing() throws Exception {
    try (FollowedOrders orders = ordersWithBell()) {
      awaitRest(orders);
      long reads = orders.tail.reads();
      long alive = statements(orders.database, "Com_select");
      // Of a tail that polls it would be hundreds by the time.
      Thread.sleep(2_000);
      assertThat(orders.tail.reads()).isEqualTo(reads);
      assertThat(statements(orders.database, "Com_select") - alive).isLessThan(10);
      assertThat(orders.tail.bell().isLive()).isTrue();
    }
  }

  private static long statements(TestDatabase database, String counter) {
    return Long.parseLong(
        String.valueOf(
            database.query("SHOW GLOBAL STATUS LIKE '" + counter + "'").getFirst().get(1)));
  }

  @Test
  void aCommitThatWaitsBetweenBinlogAndSightIsFoundAllTheSame() throws Exception {
    try (FollowedOrders orders = ordersWithBell();
        Connection slow = orders.database.connect();
        Connection quick = orders.database.connect()) {
      awaitRest(orders);
      slow.setAutoCommit(false);
      insert(slow, "late");
      insert(quick, "quick");
      orders.awaitCustomer("quick");
      slow.commit();
      orders.awaitCustomer("late");
    }
  }

  @Test
  void whatKeepsOutOfTheBinlogArrivesWithoutARing() throws Exception {
    try (FollowedOrders orders =
            new FollowedOrders(TestMysql.database(), BinlogDoorbell::new, new ReadPacer());
        Connection writer = orders.database.connect()) {
      awaitLife(orders);
      run(writer, "SET SESSION sql_log_bin = 0");
      insert(writer, "silent");
      orders.awaitCustomer("silent");
      assertThat(orders.tail.bell().isLive()).isTrue();
    }
  }

  @Test
  void gapsEndWithoutARing() throws Exception {
    try (FollowedOrders orders = ordersWithBell();
        Connection slow = orders.database.connect();
        Connection quick = orders.database.connect()) {
      awaitRest(orders);
      slow.setAutoCommit(false);
      insert(slow, "never");
      insert(quick, "quick");
      orders.awaitCustomer("quick");
      slow.rollback();
      orders.awaitNoGaps();
    }
  }

  @Test
  void ringsThatBringNothingBesideAGapAreNoFailure() throws Exception {
    try (FollowedOrders orders = ordersWithBell();
        Connection slow = orders.database.connect();
        Connection quick = orders.database.connect()) {
      run(quick, "CREATE TABLE others (id INT)");
      awaitRest(orders);
      slow.setAutoCommit(false);
      insert(slow, "late");
      insert(quick, "quick");
      orders.awaitCustomer("quick");
      String sessions = sessions(orders.database);
      for (int i = 0; i < 20; i++) {
        long rings = orders.tail.bell().rings();
        run(quick, "INSERT INTO others VALUES (1)");
        Await.until("it rings", () -> orders.tail.bell().rings() > rings);
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
  void aStreamThatIsKilledComesBackAndNothingIsMissed() throws Exception {
    try (FollowedOrders orders = ordersWithBell();
        Connection writer = orders.database.connect()) {
      for (int round = 0; round < 2; round++) {
        awaitRest(orders);
        for (List<String> stream : orders.database.query(STREAMS)) {
          run(writer, "KILL " + stream.getFirst());
        }
        Await.until("the bell is dead", () -> !orders.tail.bell().isLive());
        insert(writer, "without " + round);
        orders.awaitCustomer("without " + round);
        awaitRest(orders);
        insert(writer, "with " + round);
        orders.awaitCustomer("with " + round);
      }
      assertThat(orders.customers()).containsExactly("without 0", "with 0", "without 1", "with 1");
    }
  }

  @Test
  void aStreamThatFallsSilentIsDeadAndComesBack() throws Exception {
    TestDatabase database = TestMysql.database();
    try (StallingProxy network = new StallingProxy(database.options().port());
        Mysql far = new Mysql(at(database.options(), network.port()));
        FollowedOrders orders = new FollowedOrders(database, _ -> new BinlogDoorbell(far), pause);
        Connection writer = database.connect()) {
      awaitRest(orders);
      network.stall();
      Await.until("the bell is dead", () -> !orders.tail.bell().isLive());
      insert(writer, "without");
      orders.awaitCustomer("without");
      awaitRest(orders);
      insert(writer, "with");
      orders.awaitCustomer("with");
    }
  }

  @Test
  void aRowThatIsLargerThanAPacketRingsLikeAnyOther() throws Exception {
    try (FollowedOrders orders = ordersWithBell();
        Connection writer = orders.database.connect()) {
      run(writer, "CREATE TABLE large (content LONGBLOB)");
      awaitRest(orders);
      long before = orders.tail.bell().rings();
      run(writer, "INSERT INTO large VALUES (REPEAT('x', 3 * 16777215 + 1000))");
      Await.until("it rings", () -> orders.tail.bell().rings() > before);
      awaitRest(orders);
      insert(writer, "Ann");
      orders.awaitCustomer("Ann");
      assertThat(orders.tail.bell().isLive()).isTrue();
    }
  }

  @Test
  void whoMayNotFollowTheBinlogPolls() throws Exception {
    TestDatabase database = TestMysql.database();
    try (TestDatabase accounts = TestMysql.database();
        TestUser user = TestUser.create(accounts, "GRANT SELECT ON *.* TO %s");
        Mysql other = new Mysql(user.options());
        FollowedOrders orders =
            new FollowedOrders(database, _ -> new BinlogDoorbell(other), pause);
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
      assertThat(orders.tail.bell().isLive()).isFalse();

      user.grant("GRANT REPLICATION SLAVE, REPLICATION CLIENT ON *.* TO %s");
      awaitRest(orders);
      insert(writer, "Bob");
      orders.awaitCustomer("Bob");
    }
  }

  @Test
  void whenItIsClosedNothingIsLeft() throws Exception {
    try (TestDatabase database = TestMysql.database();
        Mysql mysql = new Mysql(database.options())) {
      BinlogDoorbell bell = new BinlogDoorbell(mysql);
      bell.start(() -> {});
      Await.until("the bell lives", bell::isLive);
      // Those of others that have ended are gone when MySQL wants to tell them that it lives.
      Await.until("no other stream", () -> database.query(STREAMS).size() == 1);
      bell.close();
      assertThat(bell.isLive()).isFalse();
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
