package dev.orderwire.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orderwire.testing.Await;
import dev.orderwire.testing.RawSocket;
import dev.orderwire.testing.Screen;
import dev.orderwire.testing.SseClient;
import dev.orderwire.testing.WsClient;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import tools.jackson.databind.JsonNode;

/** Tables that are altered, replaced and emptied while clients watch them. */
@ExtendWith(FailOnLeak.class)
class SchemaChangeTest {
  private static OrdersGateway gateway() {
    return new OrdersGateway(1_000, Map.of()).keepUp();
  }

  private static List<String> names(JsonNode message) {
    List<String> names = new ArrayList<>();
    message.get("columns").forEach(column -> names.add(column.get("name").asString()));
    return names;
  }

  private static void awaitTable(OrdersGateway gateway, WsClient client, Screen screen) {
    screen.awaitTable(gateway.database, client, "'id', id, 'customer', customer, 'note', note");
  }

  @Test
  void aNewColumnComesWithAResetTheRowsAndLaterChanges() {
    try (OrdersGateway gateway = gateway();
        WsClient client = WsClient.connect(gateway.ws())) {
      gateway.insert(3);
      String view = client.await("subscribed").get("view").asString();
      gateway.database.execute(
          "ALTER TABLE orders ADD COLUMN note TEXT, DROP COLUMN status",
          "INSERT INTO orders (customer, note) VALUES ('Ann', 'with a note')");
      JsonNode reset = client.await("reset");
      while (!names(reset).contains("note")) {
        reset = client.await("reset");
      }
      assertThat(reset.get("reason").asString()).isEqualTo("schema");
      assertThat(reset.get("view").asString()).isEqualTo(view);
      assertThat(reset.get("key").toString()).isEqualTo("[\"id\"]");
      assertThat(names(reset)).containsExactly("id", "customer", "note");
      Screen screen = new Screen();
      awaitTable(gateway, client, screen);
      gateway.database.execute("UPDATE orders SET note = 'new' WHERE customer = 'Ann'");
      awaitTable(gateway, client, screen);
      assertThat(screen.rows()).anyMatch(row -> row.contains("\"note\":\"new\""));
    }
  }

  @Test
  void allSubscriptionsAreResetWithFewQueries() {
    try (OrdersGateway gateway = gateway()) {
      gateway.insert(100);
      List<WsClient> clients = new ArrayList<>();
      for (int i = 0; i < 200; i++) {
        WsClient client = WsClient.connect(gateway.ws("columns", "id"));
        client.await("subscribed");
        clients.add(client);
      }
      gateway.database.execute("ALTER TABLE orders ADD COLUMN note TEXT");
      for (WsClient client : clients) {
        client.await("reset");
        assertThat(client.next().get("rows").size()).isEqualTo(100);
        client.close();
      }
      // The reconciler may see the table before and after it has put the triggers right.
      assertThat(gateway.traffic.snapshotReads.get()).isBetween(1, 4);
    }
  }

  @Test
  void whoComesBackWithAPositionFromBeforeIsReset() {
    try (OrdersGateway gateway = gateway()) {
      gateway.insert(3);
      String since = gateway.position().toString();
      gateway.database.execute("ALTER TABLE orders ADD COLUMN note TEXT");
      try (WsClient live = WsClient.connect(gateway.ws("since", since))) {
        live.await("reset", message -> message.path("columns").size() == 4);
      }
      try (WsClient client = WsClient.connect(gateway.ws("since", since));
          SseClient events =
              SseClient.connect(gateway.uri("http", "/events"), "Last-Event-ID", since)) {
        assertThat(names(client.await("subscribed"))).hasSize(4);
        JsonNode reset = client.next();
        assertThat(reset.get("reason").asString()).isEqualTo("schema");
        assertThat(names(reset)).hasSize(4);
        assertThat(client.next().get("rows").size()).isEqualTo(3);
        assertThat(events.await("reset").data().get("reason").asString()).isEqualTo("schema");
        assertThat(events.next().data().get("rows").size()).isEqualTo(3);
      }
    }
  }

  @Test
  void theResetNamesANewKey() {
    try (OrdersGateway gateway = gateway();
        WsClient client = WsClient.connect(gateway.ws())) {
      gateway.insert(3);
      gateway.database.execute(
          "ALTER TABLE orders ADD COLUMN part INT NOT NULL DEFAULT 7, DROP PRIMARY KEY,"
              + " ADD PRIMARY KEY (id, part)");
      client.await(
          "a reset with the new key",
          message ->
              message.get("type").asString().equals("reset")
                  && message.get("key").toString().equals("[\"id\",\"part\"]"));
      gateway.database.execute("UPDATE orders SET customer = 'Ann' WHERE id = 1");
      assertThat(client.nextChange().get("key").toString()).isEqualTo("{\"id\":1,\"part\":7}");
    }
  }

  @Test
  void aDroppedColumnEndsOnlyTheViewsThatNameIt() {
    try (OrdersGateway gateway = gateway();
        WsClient client = WsClient.connect(gateway.ws(), "orderwire.v1")) {
      client.send("{\"type\":\"subscribe\",\"ref\":\"a\",\"columns\":[\"id\",\"status\"]}");
      String view = client.await("subscribed").get("view").asString();
      client.send("{\"type\":\"subscribe\",\"ref\":\"b\",\"columns\":[\"id\",\"customer\"]}");
      client.await("subscribed");
      gateway.database.execute("ALTER TABLE orders DROP COLUMN status");
      assertThat(client.await("error").get("code").asString()).isEqualTo("unknown_column");
      assertThat(client.await("unsubscribed").get("view").asString()).isEqualTo(view);
      gateway.database.execute("INSERT INTO orders (customer) VALUES ('Ann')");
      client.await("what the other view shows", message -> message.toString().contains("Ann"));
    }
  }

  @Test
  void subscriptionsOfAMissingTableWaitAndAreResetWhenItReturns() {
    try (OrdersGateway gateway = gateway();
        WsClient client = WsClient.connect(gateway.ws())) {
      gateway.insert(3);
      client.await("changes");
      gateway.database.execute(
          "CREATE TABLE copy (id INT UNSIGNED PRIMARY KEY AUTO_INCREMENT, customer TEXT, note TEXT)",
          "INSERT INTO copy (id, customer) SELECT id, customer FROM orders WHERE id > 1",
          "RENAME TABLE orders TO away");
      try (WsClient second = WsClient.connect(gateway.ws("snapshot", "true"))) {
        Await.until("it was tried", () -> gateway.traffic.snapshotReads.get() >= 1);
        gateway.database.execute("RENAME TABLE copy TO orders");
        Screen first = new Screen();
        Screen other = new Screen();
        awaitTable(gateway, client, first);
        awaitTable(gateway, second, other);
        gateway.database.execute("INSERT INTO orders (customer, note) VALUES ('Ann', 'new')");
        awaitTable(gateway, client, first);
        awaitTable(gateway, second, other);
      }
      assertThat(gateway.traffic.closes).isEmpty();
    }
  }

  @Test
  void aTruncatedTableIsEmptyForClients() {
    try (OrdersGateway gateway = gateway();
        WsClient client = WsClient.connect(gateway.ws("snapshot", "true"))) {
      // Else the rows may come with this snapshot.
      client.await("snapshot");
      gateway.insert(3);
      assertThat(client.nextChange().get("op").asString()).isEqualTo("insert");
      gateway.database.execute("TRUNCATE TABLE orders");
      client.await("reset");
      assertThat(client.await("snapshot").get("rows").size()).isZero();
    }
  }

  @Test
  void aReplacedChangeLogIsANewEpochAndNoConnectionCloses() {
    try (OrdersGateway gateway = gateway();
        WsClient client = WsClient.connect(gateway.ws())) {
      gateway.insert(3);
      client.await("changes");
      String epoch = gateway.position().epoch();
      gateway.database.execute("DROP TABLE orderwire_change_log");
      JsonNode reset = client.await("reset");
      assertThat(reset.get("reason").asString()).isEqualTo("epoch");
      JsonNode snapshot = client.await("snapshot");
      assertThat(snapshot.get("rows").size()).isEqualTo(3);
      assertThat(snapshot.get("position").asString()).doesNotStartWith(epoch + "-");
      gateway.database.execute("INSERT INTO orders (customer) VALUES ('Ann')");
      client.await("the change after the snapshot", message -> message.toString().contains("Ann"));
      assertThat(gateway.traffic.closes).isEmpty();
    }
  }

  /** The rows that it has read are outdated by then: it gets them again, in the new shape. */
  @Test
  void aTableAlteredWhileASlowClientReadsItsRowsIsSentAgain() {
    try (OrdersGateway gateway = gateway()) {
      gateway.database.execute(
          "INSERT INTO orders (customer) WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1"
              + " FROM n WHERE i < 2000) SELECT /*+ SET_VAR(cte_max_recursion_depth = 1000000) */"
              + " REPEAT('x', 5000) FROM n");
      gateway.awaitAll();
      try (RawSocket slow =
          RawSocket.connect(gateway.address, 65_536).upgrade("/ws?snapshot=true")) {
        Await.until("it has begun", () -> gateway.traffic.snapshots.get() == 1);
        gateway.database.execute(
            "DELETE FROM orders WHERE id > 5", "ALTER TABLE orders ADD COLUMN note TEXT");
        JsonNode message = slow.readMessage();
        while (message.path("columns").size() != 4) {
          message = slow.readMessage();
        }
        assertThat(message.get("type").asString()).isEqualTo("reset");
        assertThat(slow.readMessage().get("rows").size()).isEqualTo(5);
      }
      assertThat(gateway.traffic.closes).isEmpty();
    }
  }
}
