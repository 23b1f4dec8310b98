package dev.orderwire.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orderwire.gateway.protocol.Limit;
import dev.orderwire.testing.Await;
import dev.orderwire.testing.SseClient;
import dev.orderwire.testing.WsClient;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransactionRollbackException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import tools.jackson.databind.JsonNode;

@ExtendWith(FailOnLeak.class)
class SnapshotSubscriptionTest {
  private static final Map<Limit, Long> SMALL_MESSAGES =
      Map.of(Limit.PAGE_BYTES, 2_000L, Limit.PAGE_ROWS, 50L);

  @Test
  void aSnapshotComesInBoundedMessagesAndThenTheChanges() {
    try (MemoryGateway gateway = new MemoryGateway(1_000, SMALL_MESSAGES)) {
      gateway.insert(300);
      gateway.update(
          "customer", "shipped", LongStream.rangeClosed(1, 150).map(half -> 2 * half).toArray());
      try (WsClient client =
          WsClient.connect(
              gateway.ws(
                  "snapshot",
                  "true",
                  "columns",
                  "id,status",
                  "where",
                  "{\"status\":\"shipped\"}"))) {
        String view = client.await("subscribed").get("view").asString();
        List<String> rows = new ArrayList<>();
        JsonNode message = client.next();
        int messages = 1;
        while (!message.get("done").booleanValue()) {
          assertThat(message.has("position")).isFalse();
          assertThat(message.toString().length()).isBetween(2_000, 2_200);
          message.get("rows").forEach(row -> rows.add(row.toString()));
          message = client.next();
          messages++;
        }
        message.get("rows").forEach(row -> rows.add(row.toString()));
        assertThat(messages).isGreaterThan(2);
        assertThat(message.get("type").asString()).isEqualTo("snapshot");
        assertThat(message.get("view").asString()).isEqualTo(view);
        assertThat(message.get("position").asString()).isEqualTo(gateway.position().toString());
        List<String> expected = new ArrayList<>();
        for (int id = 2; id <= 300; id += 2) {
          expected.add("{\"id\":" + id + ",\"status\":\"shipped\"}");
        }
        assertThat(rows).isEqualTo(expected);

        gateway.update("customer", "shipped", 1);
        JsonNode change = client.nextChange();
        assertThat(change.get("op").asString()).isEqualTo("insert");
        assertThat(change.get("row").toString()).isEqualTo("{\"id\":1,\"status\":\"shipped\"}");
      }
      assertThat(gateway.traffic.snapshots).hasValue(1);
    }
  }

  @Test
  void anEmptyTableHasASnapshot() {
    try (MemoryGateway gateway = new MemoryGateway(1_000, Map.of());
        WsClient client = WsClient.connect(gateway.ws("snapshot", "true"))) {
      client.await("subscribed");
      JsonNode snapshot = client.next();
      assertThat(snapshot.get("rows").size()).isZero();
      assertThat(snapshot.get("done").booleanValue()).isTrue();
      gateway.insert(1);
      assertThat(client.nextChange().get("op").asString()).isEqualTo("insert");
    }
  }

  /** A browser that loses the stream within a snapshot must begin the snapshot again. */
  @Test
  void noEventWithinASnapshotCanBeResumedFrom() {
    try (MemoryGateway gateway = new MemoryGateway(1_000, SMALL_MESSAGES)) {
      gateway.insert(200);
      try (SseClient client =
          SseClient.connect(gateway.uri("http", "/events", "snapshot", "true"))) {
        SseClient.Event event = client.await("subscribed");
        while (!event.data().path("done").asBoolean(false)) {
          assertThat(event.lastEventId()).isNull();
          event = client.next();
        }
        assertThat(event.lastEventId()).isEqualTo(gateway.position().toString());
      }
    }
  }

  /** Rows and changes of a client, as it applies them. */
  private static final class Copy {
    private final WsClient client;
    private final Map<Long, String> rows = new TreeMap<>();
    private final Set<Long> changes = new HashSet<>();

    Copy(WsClient client) {
      this.client = client;
    }

    void takeUpTo(long order) {
      while (!rows.containsKey(order)) {
        JsonNode message = client.next();
        message.path("rows").forEach(this::put);
        for (JsonNode change : message.path("changes")) {
          assertThat(changes.add(change.get("id").longValue())).isTrue();
          if (change.get("row").isNull()) {
            // Only a row that the snapshot had can be deleted.
            assertThat(rows.remove(change.get("key").get("id").longValue())).isNotNull();
          } else {
            boolean known = rows.containsKey(change.get("key").get("id").longValue());
            assertThat(known).isEqualTo(change.get("op").asString().equals("update"));
            put(change.get("row"));
          }
        }
      }
    }

    private void put(JsonNode row) {
      rows.put(row.get("id").longValue(), row.get("customer").asString());
    }
  }

  @Test
  void snapshotAndChangesFitTogetherDuringConcurrentWrites() throws Exception {
    try (OrdersGateway gateway = new OrdersGateway(100_000, SMALL_MESSAGES)) {
      gateway.insert(500);
      AtomicBoolean enough = new AtomicBoolean();
      List<FutureTask<Boolean>> writers = new ArrayList<>();
      for (int writer = 0; writer < 4; writer++) {
        int seed = writer;
        FutureTask<Boolean> writing = new FutureTask<>(() -> write(gateway, seed, enough));
        writers.add(writing);
        Thread.ofVirtual().start(writing);
      }
      List<WsClient> clients = new ArrayList<>();
      try {
        for (int i = 0; i < 12; i++) {
          // Each in the middle of the writing, as the one before has seen some of it.
          WsClient client = WsClient.connect(gateway.ws("snapshot", "true"));
          clients.add(client);
          client.await("subscribed");
          Await.until(
              "more is written",
              () -> gateway.traffic.deliveries.get() >= 20L * clients.size() * clients.size());
        }
      } finally {
        enough.set(true);
      }
      for (FutureTask<Boolean> writer : writers) {
        assertThat(writer.get()).isTrue();
      }
      gateway.database.execute("INSERT INTO orders (id, customer) VALUES (1000, 'the last')");
      Map<Long, String> expected = new TreeMap<>();
      for (var row : gateway.database.query("SELECT id, customer FROM orders")) {
        expected.put(Long.valueOf(String.valueOf(row.get(0))), String.valueOf(row.get(1)));
      }
      for (WsClient client : clients) {
        Copy copy = new Copy(client);
        copy.takeUpTo(1000);
        assertThat(copy.rows).isEqualTo(expected);
        client.close();
      }
    }
  }

  private static boolean write(OrdersGateway gateway, int seed, AtomicBoolean enough)
      throws SQLException {
    Random random = new Random(seed);
    try (Connection connection = gateway.database.connect();
        Statement statement = connection.createStatement()) {
      connection.setAutoCommit(false);
      while (!enough.get()) {
        try {
          change(statement, random);
          if (random.nextInt(10) == 0) {
            connection.rollback();
          } else {
            connection.commit();
          }
        } catch (SQLTransactionRollbackException deadlock) {
          connection.rollback();
        }
      }
      return true;
    }
  }

  private static void change(Statement statement, Random random) throws SQLException {
    int id = 1 + random.nextInt(600);
    for (int i = random.nextInt(3); i >= 0; i--) {
      statement.execute(
          switch (random.nextInt(3)) {
            case 0 -> "INSERT IGNORE INTO orders (id, customer) VALUES (" + id + ", 'new')";
            case 1 -> "UPDATE orders SET customer = '" + random.nextInt() + "' WHERE id = " + id;
            default -> "DELETE FROM orders WHERE id = " + id;
          });
    }
  }
}
