package dev.orderwire.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orderwire.demo.EmbeddedMysql;
import dev.orderwire.testing.Await;
import dev.orderwire.testing.KafkaServer;
import dev.orderwire.testing.TestDatabase;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransactionRollbackException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The topic of a table, as Kafka's own console consumer reads it, after three leaders were killed.
 * {@code -Dkafka.changes=100000} makes more changes.
 */
final class KafkaTopicTest {
  private static final Logger log = LoggerFactory.getLogger(KafkaTopicTest.class);
  private static final HttpClient HTTP = HttpClient.newHttpClient();
  private static final JsonMapper JSON = new JsonMapper();
  private static final int CHANGES = Integer.getInteger("kafka.changes", 4_000);
  private static final int WRITERS = 4;
  private static final int KILLS = 3;

  @TempDir private Path home;
  @TempDir private Path data;
  @TempDir private Path kafkaData;
  private EmbeddedMysql mysql;
  private TestDatabase database;
  private KafkaServer kafka;
  private final List<Relay> relays = new ArrayList<>();
  private final AtomicInteger written = new AtomicInteger();

  /** A relay, and where it answers. */
  private record Relay(OrderwireProcess process, int port) {
    JsonNode cluster() {
      try {
        URI health = URI.create("http://127.0.0.1:%d/health".formatted(port));
        return JSON.readTree(
                HTTP.send(HttpRequest.newBuilder(health).build(), BodyHandlers.ofString()).body())
            .get("cluster");
      } catch (IOException | InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }

    boolean leads() {
      return cluster().get("leads").asBoolean();
    }
  }

  @BeforeEach
  void start() throws IOException {
    kafka = KafkaServer.start(kafkaData);
    mysql = EmbeddedMysql.start(data, 0, List.of());
    database = TestDatabase.create(mysql, "shop");
    database.execute(
        "CREATE TABLE orders (id INT PRIMARY KEY AUTO_INCREMENT, writer INT, status VARCHAR(40), KEY (writer))");
    for (int port : BusyShop.freePorts(2)) {
      relays.add(start(port));
    }
  }

  private Relay start(int port) {
    Map<String, String> environment =
        Map.of(
            "ORDERWIRE_BUS_URL",
            kafka.address().toString(),
            "ORDERWIRE_SERVER_PORT",
            "" + port,
            "MYSQL_URL",
            "mysql://%s:%s@127.0.0.1:%d/shop"
                .formatted(mysql.user(), mysql.password(), mysql.port()));
    OrderwireProcess process =
        OrderwireProcess.start(OrderwireProcess.launcher(), home, environment, "relay");
    String line = process.nextLine();
    while (!line.equals("ready")) {
      line = process.nextLine();
    }
    return new Relay(process, port);
  }

  @AfterEach
  void end() {
    relays.forEach(relay -> relay.process().close());
    mysql.close();
    kafka.close();
  }

  private Relay leader() {
    Await.until("one relay leads", () -> relays.stream().filter(Relay::leads).count() == 1);
    return relays.stream().filter(Relay::leads).findFirst().orElseThrow();
  }

  /** Inserts, updates and deletes of rows of its own; how many. */
  private static int change(int writer, Random random, Statement statement) throws SQLException {
    int changes = 0;
    for (int i = random.nextInt(3); i >= 0; i--) {
      changes +=
          statement.executeUpdate(
              "INSERT INTO orders (writer, status) VALUES "
                  + String.join(", ", Collections.nCopies(10, "(" + writer + ", 'new')")));
      changes +=
          statement.executeUpdate(
              "UPDATE orders SET status = 'paid %d' WHERE writer = %d ORDER BY id DESC LIMIT 12"
                  .formatted(random.nextInt(), writer));
      changes +=
          statement.executeUpdate(
              "DELETE FROM orders WHERE writer = %d ORDER BY id LIMIT %d"
                  .formatted(writer, random.nextInt(10)));
    }
    return changes;
  }

  /** Changes, some of which are rolled back. */
  private void write(int writer) {
    Random random = new Random(writer);
    try (Connection connection = database.connect();
        Statement statement = connection.createStatement()) {
      connection.setAutoCommit(false);
      while (written.get() < CHANGES) {
        try {
          int changes = change(writer, random, statement);
          if (random.nextInt(8) == 0) {
            connection.rollback();
          } else {
            connection.commit();
            written.addAndGet(changes);
          }
        } catch (SQLTransactionRollbackException e) {
          // A deadlock with another writer: MySQL has rolled back.
        }
        Thread.sleep(random.nextInt(5));
      }
    } catch (SQLException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void aConsoleConsumerReadsEachChangeOnceAfterThreeLeadersWereKilled() {
    Relay first = leader();
    Await.until("the topic is written", () -> first.cluster().has("topics"));
    long began = System.nanoTime();
    List<Thread> writers = new ArrayList<>();
    for (int i = 0; i < WRITERS; i++) {
      int writer = i;
      writers.add(Thread.ofVirtual().start(() -> write(writer)));
    }
    for (int i = 1; i <= KILLS; i++) {
      int reached = CHANGES * i / (KILLS + 1);
      awaitLong("changes are made", () -> written.get() >= reached);
      Relay leader = leader();
      leader.process().kill().exitCode();
      relays.set(relays.indexOf(leader), start(leader.port()));
    }
    awaitLong("all changes are made", () -> writers.stream().noneMatch(Thread::isAlive));
    double seconds = (System.nanoTime() - began) / 1e9;
    // The last ids may be those of a rollback.
    database.execute("INSERT INTO orders (writer, status) VALUES (-1, 'last')");
    List<Long> logged =
        database.query("SELECT id FROM orderwire_change_log WHERE table_name = 'orders'").stream()
            .map(row -> Long.valueOf(String.valueOf(row.getFirst())))
            .toList();
    long last = logged.getLast();
    Relay leader = leader();
    awaitLong(
        "the topic has all",
        () -> {
          JsonNode topics = leader.cluster().get("topics");
          return topics != null && topics.get("behind").asLong() == 0;
        });
    List<String> lines = kafka.console("orderwire.orders");
    while (lines.stream().noneMatch(line -> line.contains("\"id\":%d,".formatted(last)))) {
      lines = kafka.console("orderwire.orders");
    }
    Set<Long> read = new HashSet<>();
    Map<String, Long> newest = new HashMap<>();
    int twice = 0;
    int disordered = 0;
    for (String line : lines) {
      String[] parts = line.split("\t", 3);
      long id = JSON.readTree(parts[2]).get("id").asLong();
      twice += read.add(id) ? 0 : 1;
      Long before = newest.put(parts[0] + parts[1], id);
      disordered += before == null || before < id ? 0 : 1;
    }
    Set<Long> lost = new HashSet<>(logged);
    lost.removeAll(read);
    log.info(
        "{} changes in {} s, {} leaders killed: {} records read, {} lost, {} twice, {} out of order",
        logged.size(),
        Math.round(seconds),
        KILLS,
        lines.size(),
        lost.size(),
        twice,
        disordered);
    assertThat(lost).isEmpty();
    assertThat(twice).isZero();
    assertThat(disordered).isZero();
    assertThat(lines).hasSameSizeAs(logged);
    assertThat(newest.keySet().stream().map(key -> key.substring(key.indexOf('{'))).distinct())
        .as("each row is in one partition")
        .hasSameSizeAs(newest.keySet());
  }

  private static void awaitLong(String what, BooleanSupplier condition) {
    long deadline = System.nanoTime() + Duration.ofMinutes(10).toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError("not within 10 minutes: " + what);
      }
      try {
        Thread.sleep(50);
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }
  }
}
