package dev.orderwire.cli.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orderwire.bus.BusRecord;
import dev.orderwire.capture.InstallOptions;
import dev.orderwire.capture.triggers.TriggerCapture;
import dev.orderwire.change.Change;
import dev.orderwire.change.Position;
import dev.orderwire.changelog.LeadState;
import dev.orderwire.changelog.TableVersions;
import dev.orderwire.feed.Feed;
import dev.orderwire.feed.MomentListener;
import dev.orderwire.feed.TableVersion;
import dev.orderwire.feed.WatchedTables;
import dev.orderwire.mysql.LeadLock;
import dev.orderwire.mysql.Mysql;
import dev.orderwire.tail.Tail;
import dev.orderwire.tail.TailStatus;
import dev.orderwire.tail.doorbell.Doorbell;
import dev.orderwire.testing.Await;
import dev.orderwire.testing.MemoryBus;
import dev.orderwire.testing.Recorder;
import dev.orderwire.testing.TestDatabase;
import dev.orderwire.testing.TestMysql;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Processes that a bus connects: each delivers each change once, whatever the bus does. */
final class ClusterTest {
  /** A process: its tail, and what it delivers. */
  private final class Node implements AutoCloseable {
    final Mysql mysql = new Mysql(database.options());
    final Recorder recorder = new Recorder();
    final Cluster cluster;
    final Tail tail;
    final Position start;
    private boolean closed;

    /** How often it has begun to lead. */
    final AtomicInteger begun = new AtomicInteger();

    Node(Role role, String name) {
      start = Tail.end(mysql);
      List<TableVersion> versions = TableVersions.read(mysql, List.of("orders"));
      WatchedTables catalog = new WatchedTables(versions);
      Feed feed = new Feed(start, catalog, 10, 1 << 20);
      cluster =
          new Cluster(
              bus, role, name, catalog, MomentListener.both(feed, recorder), List.of("orders"));
      tail = cluster.tail(mysql, versions, start, catalog, Doorbell.NONE);
      tail.markers().expectResets();
      tail.start();
      cluster.start(
          mysql,
          tail,
          () -> {
            begun.incrementAndGet();
            return () -> {};
          });
      nodes.add(this);
    }

    boolean leads() {
      return tail.leads();
    }

    List<Integer> customers() {
      return recorder.changes().stream().map(ClusterTest::number).toList();
    }

    void await(int number) throws InterruptedException {
      recorder.await("order " + number, _ -> customers().contains(number));
    }

    @Override
    public void close() {
      if (!closed) {
        closed = true;
        cluster.stop();
        tail.close();
        cluster.close();
        mysql.close();
      }
    }
  }

  private final TestDatabase database = TestMysql.database();
  private final MemoryBus bus = new MemoryBus();
  private final List<Node> nodes = new ArrayList<>();
  private int inserted;

  @BeforeEach
  void create() {
    database.execute(
        "CREATE TABLE orders (id INT PRIMARY KEY AUTO_INCREMENT, number INT, note TEXT)");
    try (Mysql mysql = new Mysql(database.options())) {
      install(mysql);
    }
  }

  private static void install(Mysql mysql) {
    new TriggerCapture().install(mysql, List.of("orders"), InstallOptions.DEFAULT);
  }

  @AfterEach
  void close() {
    nodes.forEach(Node::close);
    database.close();
  }

  private static int number(Change change) {
    return Integer.parseInt(change.after() == null ? "0" : change.after().json("number"));
  }

  private int insert() {
    database.execute("INSERT INTO orders (number) VALUES (%d)".formatted(++inserted));
    return inserted;
  }

  private Node leader() {
    Await.until("one process leads", () -> nodes.stream().filter(Node::leads).count() == 1);
    return nodes.stream().filter(Node::leads).findFirst().orElseThrow();
  }

  /** A leader and two gateways that follow it, none of which reads the log. */
  private Node start() throws InterruptedException {
    Node leader = new Node(Role.RELAY, "first");
    Await.until("it leads", leader::leads);
    new Node(Role.GATEWAY, "one");
    new Node(Role.GATEWAY, "two");
    Await.until("all follow", () -> nodes.stream().allMatch(node -> isQuiet(node)));
    return leader;
  }

  private static boolean isQuiet(Node node) {
    return node.cluster.problem().isEmpty() && (node.leads() || node.cluster.status().term() > 0);
  }

  private List<Integer> all() {
    List<Integer> all = new ArrayList<>();
    for (int number = 1; number <= inserted; number++) {
      all.add(number);
    }
    return all;
  }

  private void awaitAll() throws InterruptedException {
    for (Node node : nodes) {
      if (!node.closed) {
        node.await(inserted);
        assertThat(node.customers()).as(node.cluster.status().node()).isEqualTo(all());
      }
    }
  }

  private void onAll(Predicate<Node> condition, String what) {
    Await.until(what, () -> nodes.stream().allMatch(condition));
  }

  @Test
  void gatewaysFollowTheLeaderWithoutReadingTheLog() throws InterruptedException {
    Node leader = start();
    insert();
    awaitAll();
    List<Long> reads = nodes.stream().map(node -> node.tail.reads()).toList();
    for (int i = 0; i < 50; i++) {
      insert();
    }
    awaitAll();
    for (int i = 1; i < nodes.size(); i++) {
      assertThat(nodes.get(i).tail.reads()).isEqualTo(reads.get(i));
      assertThat(nodes.get(i).cluster.status().leader()).isEqualTo("first");
      assertThat(nodes.get(i).cluster.status().term())
          .isEqualTo(leader.cluster.status().term())
          .isPositive();
    }
    assertThat(leader.cluster.status().leads()).isTrue();
    assertThat(nodes.get(1).recorder.changes()).isEqualTo(leader.recorder.changes());
  }

  @Test
  void whatTheBusLosesIsReadFromTheLog() throws InterruptedException {
    start();
    bus.loses(record -> record.seq() % 3 == 0);
    for (int i = 0; i < 100; i++) {
      insert();
    }
    awaitAll();
    bus.loses(_ -> true);
    insert();
    awaitAll();
    bus.loses(_ -> false);
    insert();
    awaitAll();
    List<Long> reads = new ArrayList<>();
    onAll(node -> node.cluster.problem().isEmpty(), "nothing is missing");
    insert();
    awaitAll();
    nodes.forEach(node -> reads.add(node.tail.reads()));
    insert();
    awaitAll();
    assertThat(nodes.get(1).tail.reads()).as("it follows again").isEqualTo(reads.get(1));
  }

  /** Such as a topic that somebody has created again with several partitions. */
  @Test
  void aLeaderKnowsThatNobodyGetsItsRecords() throws InterruptedException {
    Node leader = start();
    bus.loses(_ -> true);
    Await.until("the leader knows", () -> leader.cluster.problem().isPresent());
    assertThat(leader.cluster.problem().orElseThrow())
        .contains("the records of this leader do not arrive", "the bus of the test");
    insert();
    awaitAll();
    bus.loses(_ -> false);
    onAll(node -> node.cluster.problem().isEmpty(), "the problem is gone");
  }

  @Test
  void whileTheBusIsAwayAllReadTheLog() throws InterruptedException {
    start();
    insert();
    bus.away(true);
    for (int i = 0; i < 20; i++) {
      insert();
    }
    awaitAll();
    onAll(node -> node.cluster.problem().isPresent(), "the problem is known");
    assertThat(nodes.get(1).cluster.problem().orElseThrow())
        .contains("the bus of the test is away", "reads the change log meanwhile");
    bus.away(false);
    insert();
    onAll(node -> node.cluster.problem().isEmpty(), "the problem is gone");
    insert();
    awaitAll();
  }

  @Test
  void whenTheLeaderEndsAnotherLeads() throws InterruptedException {
    Node first = start();
    new Node(Role.RELAY, "second");
    insert();
    awaitAll();
    long before = first.cluster.status().term();
    first.close();
    nodes.remove(first);
    insert();
    awaitAll();
    Node next = leader();
    assertThat(next.cluster.status().node()).isEqualTo("second");
    assertThat(next.cluster.status().term()).isGreaterThan(before);
    Await.until(
        "the gateways follow it",
        () -> nodes.getFirst().cluster.status().leader().equals("second"));
    insert();
    awaitAll();
  }

  @Test
  void aLeaderWhoseConnectionIsLostFollowsTheNextOne() throws SQLException, InterruptedException {
    Node first = start();
    long before = first.cluster.status().term();
    for (int i = 0; i < 5; i++) {
      try (Connection connection = database.connect()) {
        OptionalLong holder = LeadLock.holder(connection);
        assertThat(holder).isPresent();
        LeadLock.end(connection, holder.getAsLong());
      }
      insert();
      awaitAll();
      leader();
    }
    Await.until(
        "it leads again", () -> first.leads() && first.cluster.status().term() >= before + 5);
    insert();
    awaitAll();
  }

  /**
   * Mutation: resign when the log cannot be read. Then each lead is too short for a repair, and two
   * relays hand it to each other forever.
   */
  @Test
  void aLeaderWhoseLogIsDroppedLeadsOnAndHasTimeToRepairIt() throws InterruptedException {
    Node first = start();
    new Node(Role.RELAY, "second");
    insert();
    awaitAll();
    database.execute("DROP TABLE orderwire_change_log");
    Await.until("the log is missed", () -> first.tail.status() instanceof TailStatus.Waiting);
    long beats = beats();
    Await.until("it still shows that it works", () -> beats() >= beats + 3);
    install(first.mysql);
    for (Node node : nodes) {
      node.recorder.awaitRestart();
    }
    insert();
    awaitAll();
    assertThat(first.leads()).isTrue();
    assertThat(first.begun).hasValue(1);
  }

  /** The beats of the term that is under way. */
  private long beats() {
    try (Connection connection = database.connect()) {
      return LeadState.read(connection).orElseThrow().beats();
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  /** As after SIGSTOP: the session lives, and nothing happens in it. */
  @Test
  void aLeaderThatHangsIsDeposed() throws SQLException, InterruptedException {
    try (Connection hanging = database.connect()) {
      assertThat(LeadLock.take(hanging, 10)).isTrue();
      LeadState state = LeadState.begin(hanging, "hanging");
      Node node = new Node(Role.SERVE, "waits");
      insert();
      awaitAll();
      Await.until("it leads", node::leads);
      assertThat(node.cluster.status().term()).isGreaterThan(state.term());
      try (Connection connection = database.connect()) {
        assertThat(state.beat(connection)).isEmpty();
      }
    }
  }

  @Test
  void aNewLogAnAlteredTableAndARolledBackTransactionReachAll() throws Exception {
    start();
    insert();
    awaitAll();
    try (Connection connection = database.connect();
        Statement statement = connection.createStatement()) {
      connection.setAutoCommit(false);
      statement.execute("INSERT INTO orders (number) VALUES (-1)");
      insert();
      awaitAll();
      connection.rollback();
    }
    onAll(node -> node.tail.gaps() == 0, "no gap is left");
    database.execute(
        "INSERT INTO orders (number, note) WITH RECURSIVE n (i) AS (SELECT %1$d UNION ALL SELECT i + 1 FROM n WHERE i < %1$d + 899) SELECT i, REPEAT('x', 5000) FROM n"
            .formatted(inserted + 1));
    inserted += 900;
    awaitAll();
    Node gateway = nodes.get(1);
    assertThat(gateway.recorder.moments()).anyMatch(moment -> !moment.complete());
    assertThat(gateway.recorder.moments().getLast().complete()).isTrue();
    database.execute("TRUNCATE TABLE orderwire_change_log");
    install(nodes.getFirst().mysql);
    // As the reconciler does, which only the leader has.
    nodes.getFirst().tail.reopen();
    for (Node node : nodes) {
      node.recorder.awaitRestart();
    }
    insert();
    awaitAll();
  }

  /** Losses, outages and changes of the lead by chance, under load. */
  @Test
  void whateverHappensEachChangeArrivesOnce() throws Exception {
    Random random = new Random(5);
    start();
    new Node(Role.SERVE, "three");
    new Node(Role.SERVE, "four");
    int quiet = insert();
    for (Node node : nodes) {
      node.await(quiet);
    }
    List<Thread> writers = new ArrayList<>();
    for (int writer = 0; writer < 4; writer++) {
      int base = 1_000_000 * (writer + 1);
      writers.add(Thread.ofVirtual().start(() -> write(base)));
    }
    while (writers.stream().anyMatch(Thread::isAlive)) {
      int lost = random.nextInt(1, 10);
      switch (random.nextInt(4)) {
        case 0 -> bus.loses(record -> record.seq() % lost == 0);
        case 1 -> bus.away(true);
        case 2 -> killLeader();
        default -> {
          bus.away(false);
          bus.loses(_ -> false);
        }
      }
      Thread.sleep(random.nextInt(300));
    }
    bus.away(false);
    bus.loses(_ -> false);
    int last = insert();
    for (Node node : nodes) {
      node.await(last);
      Map<Integer, Integer> times = new HashMap<>();
      node.customers().forEach(number -> times.merge(number, 1, Integer::sum));
      assertThat(times).as(node.cluster.status().node()).hasSize(4 * 250 + 2);
      assertThat(times.values()).containsOnly(1);
    }
  }

  private void write(int base) {
    Random random = new Random(base);
    try (Connection connection = database.connect();
        Statement statement = connection.createStatement()) {
      connection.setAutoCommit(false);
      for (int i = 0; i < 250; i++) {
        statement.execute("INSERT INTO orders (number) VALUES (%d)".formatted(base + i));
        if (random.nextInt(10) == 0) {
          connection.commit();
          statement.execute("INSERT INTO orders (number) VALUES (-1)");
          connection.rollback();
        }
        if (random.nextInt(3) == 0) {
          connection.commit();
          Thread.sleep(random.nextInt(20));
        }
      }
      connection.commit();
    } catch (SQLException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private void killLeader() throws SQLException {
    try (Connection connection = database.connect()) {
      OptionalLong holder = LeadLock.holder(connection);
      if (holder.isPresent()) {
        LeadLock.end(connection, holder.getAsLong());
      }
    }
  }

  /** A stale leader, as after a pause of its process, publishes nothing more. */
  @Test
  void theBusRefusesAStaleLeader() throws InterruptedException {
    Node leader = start();
    bus.publish(List.of(new BusRecord(Long.MAX_VALUE, 1, new byte[0])));
    insert();
    awaitAll();
    assertThat(leader.leads()).isTrue();
    Await.until("the problem is known", () -> leader.cluster.problem().isPresent());
    assertThat(leader.cluster.problem().orElseThrow())
        .contains("the bus of the test takes no records", "another database uses the same stream");
  }
}
