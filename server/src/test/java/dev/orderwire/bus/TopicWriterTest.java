package dev.orderwire.bus;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.orderwire.capture.InstallOptions;
import dev.orderwire.capture.triggers.TriggerCapture;
import dev.orderwire.change.Position;
import dev.orderwire.changelog.LogIdentity;
import dev.orderwire.changelog.MysqlBacklog;
import dev.orderwire.changelog.RetentionFloor;
import dev.orderwire.changelog.TableVersions;
import dev.orderwire.feed.Feed;
import dev.orderwire.feed.MomentListener;
import dev.orderwire.feed.TableVersion;
import dev.orderwire.feed.WatchedTables;
import dev.orderwire.mysql.Mysql;
import dev.orderwire.tail.Tail;
import dev.orderwire.tail.doorbell.Doorbell;
import dev.orderwire.testing.Await;
import dev.orderwire.testing.LogLines;
import dev.orderwire.testing.MemoryTopics;
import dev.orderwire.testing.MemoryTopics.Outcome;
import dev.orderwire.testing.TestDatabase;
import dev.orderwire.testing.TestMysql;
import dev.orderwire.upkeep.Reconciler;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Each change is written once, whatever becomes of transactions and leaders. */
final class TopicWriterTest {
  private static final JsonMapper JSON = new JsonMapper();
  private static final List<String> WATCHED = List.of("orders", "items", "secrets");
  private static final List<String> EXPORTED = List.of("orders", "items");

  private final TestDatabase database = TestMysql.database();
  private final MemoryTopics topics = new MemoryTopics();
  private final List<Leader> leaders = new ArrayList<>();
  private long term;

  /** A process that leads. */
  private final class Leader implements AutoCloseable {
    final Mysql mysql = new Mysql(database.options());
    final Tail tail;
    final TopicWriter writer;
    final Reconciler reconciler;
    private boolean closed;

    Leader() {
      Position start = Tail.end(mysql);
      List<TableVersion> versions = TableVersions.read(mysql, WATCHED);
      WatchedTables catalog = new WatchedTables(versions);
      Feed feed = new Feed(start, catalog, 10, 1 << 20);
      writer =
          new TopicWriter(
              topics,
              new MysqlBacklog(mysql, catalog),
              versions.stream().filter(each -> EXPORTED.contains(each.table().name())).toList());
      tail = new Tail(mysql, versions, start, MomentListener.both(feed, writer), Doorbell.NONE);
      tail.markers().onAdd(writer::marker);
      writer.begins(++term, start);
      writer.start();
      tail.start();
      reconciler =
          new Reconciler(mysql, new TriggerCapture(), WATCHED, InstallOptions.DEFAULT, true, tail);
      reconciler.start();
      leaders.add(this);
    }

    @Override
    public void close() {
      if (!closed) {
        closed = true;
        reconciler.close();
        writer.close();
        tail.close();
        mysql.close();
      }
    }
  }

  @BeforeEach
  void install() {
    database.execute(
        "CREATE TABLE orders (id INT PRIMARY KEY AUTO_INCREMENT, note TEXT)",
        "CREATE TABLE items (a INT, b VARCHAR(20), amount DECIMAL(8,2), PRIMARY KEY (b, a))",
        "CREATE TABLE secrets (id INT PRIMARY KEY)");
    try (Mysql mysql = new Mysql(database.options())) {
      new TriggerCapture().install(mysql, WATCHED, InstallOptions.DEFAULT);
    }
  }

  @AfterEach
  void end() {
    leaders.forEach(Leader::close);
    database.close();
  }

  private List<JsonNode> bodies() {
    return topics.records().stream().map(each -> JSON.readTree(each.body())).toList();
  }

  private List<Long> ids() {
    return topics.records().stream()
        .filter(each -> each.key() != null)
        .map(each -> JSON.readTree(each.body()).get("id").asLong())
        .toList();
  }

  private List<Long> logged() {
    return database
        .query("SELECT id FROM orderwire_change_log WHERE table_name IN ('orders', 'items')")
        .stream()
        .map(row -> Long.valueOf(String.valueOf(row.getFirst())))
        .toList();
  }

  private List<String> resets() {
    return bodies().stream()
        .filter(each -> each.has("reset"))
        .map(each -> each.get("reset").asString() + " " + each.get("table").asString())
        .toList();
  }

  private void awaitAll() {
    Await.until("all changes are written", () -> ids().size() >= logged().size());
    assertThat(ids()).containsExactlyInAnyOrderElementsOf(logged());
  }

  /** Changes of one row are in order. */
  private void assertOrder() {
    Map<String, Long> last = new HashMap<>();
    for (ChangeTopics.Entry each : topics.records()) {
      if (each.key() != null) {
        String row = each.table() + new String(each.key(), UTF_8);
        long id = JSON.readTree(each.body()).get("id").asLong();
        assertThat(id).as(row).isGreaterThan(last.getOrDefault(row, 0L));
        last.put(row, id);
      }
    }
  }

  @Test
  void aRecordIsTheChangeByTheKeyOfItsRow() {
    Leader leader = new Leader();
    database.execute(
        "INSERT INTO items VALUES (1, 'x', 2.50)",
        "UPDATE items SET amount = 3",
        "INSERT INTO secrets VALUES (1)",
        "DELETE FROM items");
    awaitAll();
    List<ChangeTopics.Entry> records = topics.records();
    assertThat(records).allMatch(each -> each.table().equals("items"));
    assertThat(records)
        .extracting(each -> new String(each.key() == null ? new byte[0] : each.key(), UTF_8))
        .containsOnly("{\"b\":\"x\",\"a\":1}");
    JsonNode update = bodies().get(1);
    assertThat(update.get("op").asString()).isEqualTo("update");
    assertThat(update.get("before").get("amount").asString()).isEqualTo("2.50");
    assertThat(update.get("after").get("amount").asString()).isEqualTo("3.00");
    assertThat(update.propertyNames())
        .containsExactly("id", "table", "op", "key", "before", "after", "at", "actor");
    // The position of a record covers it, and no later one.
    for (int i = 0; i < 3; i++) {
      Position position = Position.parse(records.get(i).position());
      assertThat(position.covers(ids().get(i))).isTrue();
      assertThat(i < 2 && position.covers(ids().get(i + 1))).isFalse();
    }
    Await.until("nothing is behind", () -> leader.writer.behind() == 0);
    Await.until("nothing waits", () -> leader.writer.delay().isZero());
    assertThat(leader.writer.written()).isEqualTo(3);
  }

  @Test
  void theNextLeaderGoesOnWhereTheLastOneWas() {
    try (Leader first = new Leader()) {
      database.execute("INSERT INTO orders (note) VALUES ('one')");
      awaitAll();
      assertThat(first.writer.problem()).isEmpty();
    }
    // While nobody leads.
    database.execute("INSERT INTO orders (note) VALUES ('two')", "UPDATE orders SET note = 'x'");
    new Leader();
    database.execute("INSERT INTO orders (note) VALUES ('three')");
    awaitAll();
    assertOrder();
    assertThat(resets()).isEmpty();
  }

  @Test
  void aStaleLeaderWritesNothing() {
    Leader first = new Leader();
    database.execute("INSERT INTO orders (note) VALUES ('one')");
    awaitAll();
    try (LogLines lines = new LogLines("dev.orderwire.bus.TopicWriter")) {
      new Leader();
      database.execute("INSERT INTO orders (note) VALUES ('two')");
      awaitAll();
      Await.until(
          "the first one is told",
          () ->
              lines.all().stream()
                  .anyMatch(
                      line -> line.contains("topics of the tables belong to another leader")));
      database.execute("INSERT INTO orders (note) VALUES ('three')");
      awaitAll();
      assertThat(first.writer.written()).isEqualTo(1);
    }
  }

  @Test
  void whileTheTopicsAreAwayTheLagIsKnownAndLaterAllIsWritten() {
    Leader leader = new Leader();
    database.execute("INSERT INTO orders (note) VALUES ('one')");
    awaitAll();
    topics.away(true);
    database.execute("INSERT INTO orders (note) VALUES ('two')");
    Await.until("the problem is known", () -> leader.writer.problem().isPresent());
    assertThat(leader.writer.problem().orElseThrow()).contains("the topics of the test are away");
    Await.until("it is behind", () -> leader.writer.behind() > 0);
    assertThat(leader.writer.delay()).isPositive();
    topics.away(false);
    awaitAll();
    Await.until("the problem is gone", () -> leader.writer.problem().isEmpty());
  }

  /** Would fail if the position were kept apart from the changes. */
  @Test
  void eachChangeIsWrittenOnceWhateverBecomesOfTransactionsAndLeaders() throws Exception {
    Random random = new Random(7);
    List<Outcome> outcomes = List.of(Outcome.KEPT, Outcome.LOST, Outcome.UNKNOWN);
    topics.outcomes(number -> outcomes.get(number % 3 == 0 ? number / 3 % 3 : 0));
    List<Thread> writers = new ArrayList<>();
    Leader leader = new Leader();
    for (int writer = 0; writer < 4; writer++) {
      int seed = writer;
      writers.add(Thread.ofVirtual().start(() -> write(seed)));
    }
    while (writers.stream().anyMatch(Thread::isAlive)) {
      Thread.sleep(random.nextInt(400));
      if (random.nextInt(3) == 0) {
        leader.close();
        leader = new Leader();
      }
    }
    topics.outcomes(_ -> Outcome.KEPT);
    awaitAll();
    assertOrder();
    assertThat(resets()).isEmpty();
    assertThat(ids()).hasSizeGreaterThan(1_000);
  }

  private void write(int seed) {
    Random random = new Random(seed);
    try (Connection connection = database.connect();
        Statement statement = connection.createStatement()) {
      connection.setAutoCommit(false);
      for (int i = 0; i < 250; i++) {
        statement.execute("INSERT INTO orders (id) VALUES (%d)".formatted(seed * 1_000 + i + 1));
        statement.execute(
            "UPDATE orders SET note = '%d' WHERE id = %d"
                .formatted(i, seed * 1_000 + 1 + random.nextInt(i + 1)));
        statement.execute("INSERT INTO items VALUES (%d, 's%d', %d)".formatted(i, seed, i));
        if (random.nextInt(10) == 0) {
          connection.commit();
          statement.execute("INSERT INTO orders (id) VALUES (%d)".formatted(100_000 + seed));
          connection.rollback();
        }
        if (random.nextInt(4) == 0) {
          connection.commit();
          Thread.sleep(random.nextInt(20));
        }
      }
      connection.commit();
    } catch (SQLException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void afterTheResetOfAnAlteredTableAllRowsHaveItsNewShape() {
    new Leader();
    database.execute("INSERT INTO orders (note) VALUES ('one')");
    awaitAll();
    database.execute("ALTER TABLE orders ADD COLUMN more INT");
    Await.until("the reset", () -> resets().contains("schema orders"));
    Await.until(
        "a change of the new shape after the reset",
        () -> {
          database.execute("INSERT INTO orders (note, more) VALUES ('two', 2)");
          return bodies().getLast().path("after").has("more")
              && bodies().stream().anyMatch(TopicWriterTest::hasMore);
        });
    List<JsonNode> bodies = bodies();
    int place =
        bodies.indexOf(bodies.stream().filter(TopicWriterTest::hasMore).findFirst().orElseThrow());
    // Triggers may have logged the new shape before it.
    assertThat(bodies.subList(place + 1, bodies.size()))
        .isNotEmpty()
        .allSatisfy(each -> assertThat(each.at("/after/more").asInt()).isEqualTo(2));
  }

  /** Whether it is a reset to the new shape. */
  private static boolean hasMore(JsonNode body) {
    return body.path("columns").toString().contains("\"more\"");
  }

  /** The reset was delivered while no leader wrote: the change log has it. */
  @Test
  void aResetThatNobodyWroteIsWrittenByTheNextLeader() {
    Leader first = new Leader();
    database.execute("INSERT INTO orders (note) VALUES ('one')");
    awaitAll();
    topics.away(true);
    database.execute("TRUNCATE TABLE orders");
    Await.until(
        "the reset row",
        () ->
            !database.query("SELECT 1 FROM orderwire_change_log WHERE row_key IS NULL").isEmpty());
    database.execute("INSERT INTO orders (note) VALUES ('two')");
    first.close();
    topics.away(false);
    new Leader();
    Await.until("the change after the reset", () -> ids().size() == 2);
    assertThat(resets()).containsExactly("schema orders");
    assertThat(bodies().get(1).has("reset")).isTrue();
  }

  @Test
  void whatRetentionHasDeletedResetsAllTables() throws SQLException {
    Leader first = new Leader();
    database.execute("INSERT INTO orders (note) VALUES ('one')");
    awaitAll();
    first.close();
    database.execute("INSERT INTO orders (note) VALUES ('two'), ('three'), ('four')");
    try (Connection connection = database.connect();
        Statement statement = connection.createStatement()) {
      statement.execute("DELETE FROM orderwire_change_log WHERE id <= 3");
      RetentionFloor.raise(connection, 3);
    }
    try (LogLines lines = new LogLines("dev.orderwire.bus.TopicWriter")) {
      new Leader();
      Await.until("the resets", () -> resets().size() == 2);
      assertThat(lines.all())
          .anyMatch(line -> line.startsWith("WARN Retention has deleted changes"));
    }
    assertThat(resets()).containsExactlyInAnyOrder("retention orders", "retention items");
    database.execute("INSERT INTO orders (note) VALUES ('five')");
    Await.until("it goes on", () -> ids().size() == 2);
  }

  @Test
  void anotherChangeLogResetsAllTables() {
    Leader first = new Leader();
    database.execute("INSERT INTO orders (note) VALUES ('one')");
    awaitAll();
    database.execute("TRUNCATE TABLE orderwire_change_log", LogIdentity.ensureEpochSql());
    Await.until("the resets", () -> resets().containsAll(List.of("epoch orders", "epoch items")));
    first.close();
    database.execute("INSERT INTO orders (note) VALUES ('two')");
    new Leader();
    Await.until("it goes on", () -> ids().size() == 2);
  }

  @Test
  void aChangeTooLargeComesWithoutItsRows() {
    topics.mostBytes(5_000);
    new Leader();
    database.execute(
        "INSERT INTO orders (note) VALUES (REPEAT('x', 3000)), (REPEAT('y', 6000))",
        "INSERT INTO orders (note) VALUES ('z')");
    awaitAll();
    List<JsonNode> bodies = bodies();
    assertThat(bodies.get(0).has("after")).isTrue();
    assertThat(bodies.get(1).propertyNames())
        .containsExactly("id", "table", "op", "key", "omitted", "at", "actor");
    assertThat(bodies.get(2).has("after")).isTrue();
  }

  /** More than the queue holds: the rest is read from the change log. */
  @Test
  void manyChangesAtOnceAreWrittenInSeveralTransactions() {
    topics.away(true);
    Leader leader = new Leader();
    database.execute(
        "SET SESSION cte_max_recursion_depth = 100000",
        "CREATE TABLE numbers AS WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000) SELECT i FROM n");
    for (int i = 0; i < 25; i++) {
      database.execute("INSERT INTO orders (note) SELECT REPEAT('x', 100) FROM numbers");
    }
    Await.until(
        "all are read", () -> leader.writer.behind() >= 0 && leader.tail.changes() >= 25_000);
    topics.away(false);
    awaitAll();
    assertOrder();
    assertThat(topics.transactions()).isBetween(13, 200);
    @Nullable String kept = topics.position().orElse(null);
    assertThat(kept).isNotNull();
  }
}
