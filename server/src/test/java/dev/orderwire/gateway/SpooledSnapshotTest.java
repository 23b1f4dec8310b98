package dev.orderwire.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orderwire.gateway.protocol.CloseReason;
import dev.orderwire.gateway.protocol.Limit;
import dev.orderwire.testing.Await;
import dev.orderwire.testing.RawSocket;
import dev.orderwire.testing.WsClient;
import java.io.IOException;
import java.nio.file.Files;
import java.sql.Connection;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import tools.jackson.databind.JsonNode;

@ExtendWith(FailOnLeak.class)
class SpooledSnapshotTest {
  /**
   * Almost nothing of a snapshot stays in memory. The tests are not about stalls, and a busy
   * machine may hold up a client for long.
   */
  private static final Map<Limit, Long> ON_DISK =
      Map.of(Limit.SPOOL_BYTES, 1_024L, Limit.PAGE_BYTES, 10_000L, Limit.STALL_SECONDS, 600L);

  /** More than the kernels buffer for a client that does not read. */
  private static final int LARGE = 2_000;

  /** So many rows of 5,000 bytes. */
  private static void insertLarge(OrdersGateway gateway, int rows) {
    gateway.database.execute(
        "INSERT INTO orders (customer) WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1"
            + " FROM n WHERE i < "
            + rows
            + ") SELECT /*+ SET_VAR(cte_max_recursion_depth = 1000000) */ REPEAT('x', 5000) FROM n");
    gateway.awaitAll();
  }

  private static void insertLarge(MemoryGateway gateway, int rows) {
    gateway.insert(rows, "x".repeat(5_000), "pending");
  }

  /**
   * The connections that read orders in a transaction that is still open: they hold its metadata
   * lock. (InnoDB's list of transactions will not do: it stays as it was for as long as somebody
   * asks for it more often than every 100 ms.)
   */
  private static List<String> readers(OrdersGateway gateway) {
    return gateway
        .database
        .query(
            "SELECT processlist_id FROM performance_schema.metadata_locks"
                + " JOIN performance_schema.threads ON thread_id = owner_thread_id"
                + " WHERE object_name = 'orders' AND lock_status = 'GRANTED'"
                + " AND object_schema = '"
                + gateway.database.name()
                + "'")
        .stream()
        .map(row -> String.valueOf(row.getFirst()))
        .toList();
  }

  /** How often MySQL was asked for the first page of a snapshot. */
  private static long queries(OrdersGateway gateway) {
    return Long.parseLong(
        String.valueOf(
            gateway
                .database
                .query(
                    "SELECT COALESCE(SUM(count_star), 0)"
                        + " FROM performance_schema.events_statements_summary_by_digest"
                        + " WHERE schema_name = '"
                        + gateway.database.name()
                        + "' AND digest_text LIKE 'SELECT `JSON_OBJECT`%FROM `orders`%'")
                .getFirst()
                .getFirst()));
  }

  /** The ids of a whole snapshot, and of the changes after it up to an order. */
  private static List<Long> idsUpTo(long order, RawSocket client) {
    List<Long> ids = new ArrayList<>();
    while (ids.isEmpty() || ids.getLast() != order) {
      JsonNode message = client.readMessage();
      message.path("rows").forEach(row -> ids.add(row.get("id").longValue()));
      message.path("changes").forEach(change -> ids.add(change.get("key").get("id").longValue()));
    }
    return ids;
  }

  /** MySQL leaves some out where many are inserted at once. */
  private static List<Long> orders(OrdersGateway gateway) {
    return gateway.database.query("SELECT id FROM orders ORDER BY id").stream()
        .map(row -> Long.valueOf(String.valueOf(row.getFirst())))
        .toList();
  }

  /** It catches up from the log: the feed no longer holds the changes. */
  @Test
  void aSlowReaderKeepsNoTransactionOpenAndMissesNothing() throws IOException {
    try (OrdersGateway gateway = new OrdersGateway(10, ON_DISK)) {
      insertLarge(gateway, LARGE);
      try (RawSocket slow =
          RawSocket.connect(gateway.address, 4_096).upgrade("/ws?snapshot=true")) {
        Await.until("it has begun", () -> gateway.traffic.snapshots.get() == 1);
        Await.until("MySQL is done with it", () -> readers(gateway).isEmpty());
        assertThat(gateway.traffic.bytes.get()).isLessThan(LARGE * 4_000L);
        try (var files = Files.list(FeedGateway.SPOOLS)) {
          assertThat(files).isEmpty();
        }
        for (int i = 0; i < 30; i++) {
          gateway.insert(1);
        }
        List<Long> orders = orders(gateway);
        assertThat(idsUpTo(orders.getLast(), slow)).isEqualTo(orders);
        gateway.insert(1);
        long newest = orders(gateway).getLast();
        assertThat(idsUpTo(newest, slow)).containsExactly(newest);
      }
      assertThat(gateway.traffic.closes).isEmpty();
      assertThat(gateway.traffic.replays).hasValue(1);
    }
  }

  @Test
  void manyConcurrentSnapshotsOfAViewTakeFewQueries() throws Exception {
    try (OrdersGateway gateway = new OrdersGateway(1_000, Map.of())) {
      gateway.insert(900);
      List<WsClient> clients = new ArrayList<>();
      for (int i = 0; i < 300; i++) {
        clients.add(WsClient.connect(gateway.ws(), "orderwire.v1"));
      }
      // The table holds a limited number of statement kinds.
      gateway.database.execute(
          "TRUNCATE TABLE performance_schema.events_statements_summary_by_digest");
      for (WsClient client : clients) {
        client.send("{\"type\":\"subscribe\",\"snapshot\":true,\"columns\":[\"id\"]}");
      }
      for (WsClient client : clients) {
        JsonNode rows = client.await("snapshot").get("rows");
        assertThat(rows.size()).isEqualTo(900);
      }
      gateway.insert(1);
      long newest = orders(gateway).getLast();
      for (WsClient client : clients) {
        assertThat(client.nextChange().get("key").get("id").longValue()).isEqualTo(newest);
        client.close();
      }
      assertThat(queries(gateway)).isBetween(1L, 3L);
      assertThat(gateway.traffic.snapshots).hasValue(300);
    }
  }

  @Test
  void concurrentRequestsForAViewShareOneReadAndOtherViewsDoNot() {
    try (MemoryGateway gateway = new MemoryGateway(1_000, Map.of())) {
      gateway.insert(5);
      gateway.store.reads.acquireUninterruptibly();
      try (WsClient first = WsClient.connect(gateway.ws("snapshot", "true"))) {
        Await.until("it is asked for", () -> gateway.traffic.snapshotReads.get() == 1);
        try (WsClient second = WsClient.connect(gateway.ws("snapshot", "true"));
            WsClient other = WsClient.connect(gateway.ws("snapshot", "true", "columns", "id"))) {
          Await.until("it is asked for", () -> gateway.traffic.snapshotReads.get() == 2);
          gateway.store.reads.release();
          for (WsClient client : List.of(first, second, other)) {
            assertThat(client.await("snapshot").get("rows").size()).isEqualTo(5);
          }
        }
      }
      assertThat(gateway.traffic.snapshotReads).hasValue(2);
      assertThat(gateway.traffic.snapshots).hasValue(3);
    }
  }

  /**
   * A finished snapshot is shared for a moment, but only if the feed holds the changes after it.
   */
  @Test
  void aSnapshotOlderThanTheFeedIsNotShared() {
    try (MemoryGateway gateway = new MemoryGateway(10, Map.of())) {
      try (WsClient first = WsClient.connect(gateway.ws("snapshot", "true"))) {
        first.await("snapshot");
        gateway.insert(1);
        // It follows the feed from here on: its own catch-up can no longer need a replay.
        first.await("changes");
      }
      // Until it has left, it would fall behind the feed.
      Await.until("the first client has left", () -> gateway.traffic.connections.get() == 0);
      for (int i = 0; i < 30; i++) {
        gateway.insert(1);
      }
      try (WsClient second = WsClient.connect(gateway.ws("snapshot", "true"))) {
        assertThat(second.await("snapshot").get("rows").size()).isEqualTo(31);
      }
      assertThat(gateway.traffic.replays).hasValue(0);
    }
  }

  /** A slow reader does not hold up the others, even if little may be loaded at once. */
  @Test
  void aClientThatDoesNotReadIsClosedAndTheOthersGetEverything() {
    Map<Limit, Long> limits =
        Map.of(
            Limit.SPOOL_BYTES, 1_024L,
            Limit.SPOOL_LOADED_BYTES, 200_000L,
            Limit.STALL_SECONDS, 1L);
    try (MemoryGateway gateway = new MemoryGateway(10, limits)) {
      insertLarge(gateway, LARGE);
      try (RawSocket stuck =
          RawSocket.connect(gateway.address, 4_096).upgrade("/ws?snapshot=true")) {
        List<RawSocket> readers = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
          readers.add(RawSocket.connect(gateway.address).upgrade("/ws?snapshot=true"));
        }
        for (RawSocket reader : readers) {
          Thread.ofVirtual().start(() -> assertThat(idsUpTo(LARGE, reader)).hasSize(LARGE));
        }
        Await.until("the stuck client is closed", () -> !gateway.traffic.closes.isEmpty());
        Await.until(
            "the others have it all", () -> gateway.traffic.bytes.get() > 4L * LARGE * 5_000);
        assertThat(gateway.traffic.closes).containsExactly(CloseReason.TOO_SLOW);
        assertThat(stuck.awaitEnd()).isTrue();
        readers.forEach(RawSocket::close);
      }
    }
  }

  @Test
  void aSnapshotWithoutRoomIsRefusedAndItsRoomIsFreed() {
    Map<Limit, Long> limits = Map.of(Limit.SPOOL_BYTES, 1_024L, Limit.SPOOL_MEGABYTES, 1L);
    try (MemoryGateway gateway = new MemoryGateway(1_000, limits)) {
      insertLarge(gateway, 300);
      for (int i = 0; i < 3; i++) {
        try (WsClient client = WsClient.connect(gateway.ws("snapshot", "true"))) {
          assertThat(client.closeCode()).isEqualTo(4429);
        }
      }
      try (WsClient client =
          WsClient.connect(gateway.ws("snapshot", "true", "where", "{\"id\":{\"lte\":100}}"))) {
        client.await("the last row", message -> message.path("done").asBoolean(false));
      }
    }
  }

  @Test
  void aSnapshotIsRefusedIfTheFolderIsNotWritable() throws IOException {
    Files.createDirectories(FeedGateway.SPOOLS);
    var file = Files.createTempFile(FeedGateway.SPOOLS, "no", "folder");
    try (MemoryGateway gateway = new MemoryGateway(1_000, ON_DISK, file)) {
      insertLarge(gateway, 10);
      try (WsClient client = WsClient.connect(gateway.ws("snapshot", "true"))) {
        assertThat(client.closeCode()).isEqualTo(4429);
      }
    } finally {
      Files.delete(file);
    }
  }

  /** RENAME TABLE away and back is how gh-ost and others change a table's shape. */
  @Test
  void aSnapshotWaitsForATableThatIsMissingBriefly() {
    try (OrdersGateway gateway = new OrdersGateway(1_000, Map.of())) {
      gateway.insert(3);
      gateway.database.execute("RENAME TABLE orders TO away");
      try (WsClient client = WsClient.connect(gateway.ws("snapshot", "true"))) {
        Await.until("it was tried", () -> gateway.traffic.snapshotReads.get() >= 2);
        gateway.database.execute("RENAME TABLE away TO orders");
        assertThat(client.await("subscribed").get("table").asString()).isEqualTo("orders");
        assertThat(client.next().get("rows").size()).isEqualTo(3);
      }
      assertThat(gateway.traffic.closes).isEmpty();
    }
  }

  @Test
  void aSnapshotFailsIfTheTableStaysMissing() {
    try (OrdersGateway gateway = new OrdersGateway(1_000, Map.of(Limit.ALTERED_SECONDS, 1L))) {
      gateway.database.execute("RENAME TABLE orders TO away");
      try (WsClient client = WsClient.connect(gateway.ws("snapshot", "true"))) {
        assertThat(client.closeCode()).isEqualTo(4503);
        assertThat(gateway.traffic.refusals).containsExactly("table_altered");
      }
    }
  }

  @Test
  void aTableIsNotAlteredDuringTheConsistentRead() throws Exception {
    try (OrdersGateway gateway = new OrdersGateway(1_000, Map.of())) {
      gateway.insert(3);
      try (Connection locker = gateway.database.connect();
          Statement statement = locker.createStatement()) {
        // The snapshot has its table, and waits for this before it comes to the rows.
        statement.execute("LOCK TABLES orderwire_change_log WRITE");
        try (WsClient client = WsClient.connect(gateway.ws("snapshot", "true"))) {
          gateway.database.awaitBlocked("SELECT id FROM orderwire_change_log");
          Thread alter =
              Thread.startVirtualThread(() ->
                  gateway.database.execute("ALTER TABLE orders ENGINE = InnoDB, ALGORITHM = COPY"));
          gateway.database.awaitBlocked("ALTER TABLE orders");
          statement.execute("UNLOCK TABLES");
          assertThat(client.await("snapshot").get("rows").size()).isEqualTo(3);
          alter.join();
        }
      }
      assertThat(gateway.traffic.snapshotReads).hasValue(1);
      assertThat(gateway.traffic.closes).isEmpty();
    }
  }

  /** A part of a snapshot is not valid; the client reconnects. */
  @Test
  void clientsAreClosedAndCanRetryIfMysqlFailsDuringASnapshot() {
    Map<Limit, Long> limits = Map.of(Limit.PAGE_ROWS, 1L, Limit.PAGE_BYTES, 1_000L);
    try (OrdersGateway gateway = new OrdersGateway(100_000, limits)) {
      gateway.insert(50_000);
      try (WsClient client = WsClient.connect(gateway.ws("snapshot", "true"))) {
        assertThat(client.await("snapshot").get("done").booleanValue()).isFalse();
        gateway.database.execute("KILL " + readers(gateway).getFirst());
        assertThat(client.closeCode()).isEqualTo(4503);
        assertThat(client.arrived()).noneMatch(message -> message.path("done").asBoolean(false));
      }
    }
  }
}
