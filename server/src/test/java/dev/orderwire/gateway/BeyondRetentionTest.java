package dev.orderwire.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orderwire.gateway.protocol.CloseReason;
import dev.orderwire.gateway.protocol.Limit;
import dev.orderwire.testing.Await;
import dev.orderwire.testing.RawSocket;
import dev.orderwire.testing.RawSocket.WsFrame;
import dev.orderwire.testing.SseClient;
import dev.orderwire.testing.WsClient;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A client does not read, and retention deletes what it has missed. */
@ExtendWith(FailOnLeak.class)
class BeyondRetentionTest {
  private static final JsonMapper JSON = new JsonMapper();
  private static final int ORDERS = 40;

  /** A client that does not read is not closed before it reads on. */
  private static final Map<Limit, Long> PATIENT =
      Map.of(Limit.PAGE_CHANGES, 100L, Limit.STALL_SECONDS, 600L);

  private static OrdersGateway gateway() {
    OrdersGateway gateway = new OrdersGateway(50, PATIENT);
    gateway.insert(ORDERS);
    return gateway;
  }

  /** 16 MB of few rows: more than the kernels buffer for a client that does not read. */
  private static void changeMuch(OrdersGateway gateway) {
    for (int i = 0; i < 50; i++) {
      gateway.database.execute(
          "UPDATE orders SET customer = REPEAT('" + (char) ('a' + i % 26) + "', 4000)");
    }
    gateway.awaitAll();
    assertThat(gateway.traffic.bytes.get()).isLessThan(8L << 20);
  }

  private static List<List<String>> table(OrdersGateway gateway) {
    return List.copyOf(
        gateway.database.query("SELECT id, customer, status FROM orders ORDER BY id"));
  }

  /** The rows of the snapshot that comes next. */
  private static List<List<String>> snapshot(Supplier<JsonNode> messages) {
    List<List<String>> rows = new ArrayList<>();
    JsonNode message;
    do {
      message = messages.get();
      for (JsonNode row : message.get("rows")) {
        rows.add(
            List.of(
                String.valueOf(row.get("id").longValue()),
                row.get("customer").asString(),
                row.get("status").asString()));
      }
    } while (!message.get("done").booleanValue());
    return rows;
  }

  private static void assertResetByRetention(JsonNode message) {
    assertThat(message.get("type").asString()).isEqualTo("reset");
    assertThat(message.get("reason").asString()).isEqualTo("retention");
  }

  @Test
  void aLiveClientGetsSentMessagesThenIsClosedAndGetsTheRowsWhenItReconnects() {
    try (OrdersGateway gateway = gateway()) {
      String position;
      try (RawSocket slow = RawSocket.connect(gateway.address, 4_096).upgrade("/ws")) {
        Await.until("it is subscribed", () -> gateway.traffic.subscriptions.get() == 1);
        changeMuch(gateway);
        List<Long> all = gateway.ids();
        gateway.deleteOld();
        List<Long> ids = new ArrayList<>();
        position = gateway.position().toString();
        WsFrame frame = slow.readFrame();
        for (; frame.opcode() != WsFrame.CLOSE; frame = slow.readFrame()) {
          JsonNode message = JSON.readTree(frame.text());
          assertThat(message.get("type").asString()).isIn("welcome", "subscribed", "changes");
          if (message.has("changes")) {
            ids.addAll(ResumeFromFeedTest.ids(message));
            position = message.get("position").asString();
          }
        }
        assertThat(frame.closeCode()).isEqualTo(4408);
        assertThat(ids).isNotEmpty().hasSizeLessThan(all.size() - ORDERS);
        assertThat(ids).isEqualTo(all.subList(ORDERS, ORDERS + ids.size()));
        assertThat(gateway.traffic.closes).containsExactly(CloseReason.TOO_SLOW);
        assertThat(gateway.traffic.refusals).containsExactly("too_slow");
        assertThat(gateway.traffic.snapshots).hasValue(0);
      }
      try (WsClient back = WsClient.connect(gateway.ws("since", position))) {
        back.await("subscribed");
        assertResetByRetention(back.next());
        assertThat(snapshot(back::next)).isEqualTo(table(gateway));
        gateway.insert(1);
        assertThat(back.nextChange().get("id").longValue()).isEqualTo(gateway.ids().getLast());
      }
    }
  }

  @Test
  void aLiveStreamOfEventsEndsCleanlyAndGetsTheRowsWhenItReconnects() {
    try (OrdersGateway gateway = gateway()) {
      String events;
      try (RawSocket slow = RawSocket.connect(gateway.address, 4_096)) {
        slow.send("GET /events HTTP/1.1\r\nHost: localhost\r\n\r\n");
        assertThat(slow.readHead()).startsWith("HTTP/1.1 200");
        Await.until("it is subscribed", () -> gateway.traffic.subscriptions.get() == 1);
        changeMuch(gateway);
        gateway.deleteOld();
        events = slow.readToEnd();
      }
      assertThat(events)
          .contains("event: changes\n")
          .doesNotContain("event: reset\n")
          .endsWith("\n\n");
      assertThat(gateway.traffic.closes).containsExactly(CloseReason.TOO_SLOW);
      String id = events.substring(events.lastIndexOf("\nid: ") + "\nid: ".length());
      String position = id.substring(0, id.indexOf('\n'));
      try (SseClient back =
          SseClient.connect(gateway.uri("http", "/events"), "Last-Event-ID", position)) {
        back.await("subscribed");
        assertResetByRetention(back.next().data());
        assertThat(snapshot(() -> back.next().data())).isEqualTo(table(gateway));
      }
    }
  }

  /** A client that was never live here gets a reset, and is not closed as too slow. */
  @Test
  void aResumingClientThatRetentionOvertakesGetsTheRows() {
    try (OrdersGateway gateway = gateway()) {
      String since = gateway.position().toString();
      changeMuch(gateway);
      try (RawSocket slow =
          RawSocket.connect(gateway.address, 4_096).upgrade("/ws?since=" + since)) {
        Await.until("it is subscribed", () -> gateway.traffic.subscriptions.get() == 1);
        gateway.deleteOld();
        assertThat(slow.readMessage().get("type").asString()).isEqualTo("welcome");
        assertThat(slow.readMessage().get("type").asString()).isEqualTo("subscribed");
        JsonNode message = slow.readMessage();
        assertThat(message.get("type").asString()).isEqualTo("changes");
        while (message.has("changes")) {
          assertThat(message.get("more").booleanValue()).isTrue();
          message = slow.readMessage();
        }
        assertResetByRetention(message);
        assertThat(snapshot(slow::readMessage)).isEqualTo(table(gateway));
        assertThat(gateway.traffic.closes).isEmpty();
      }
    }
  }

  /** Another server's retention has deleted changes that this one never read. */
  @Test
  void changesThatTheServerMissedCloseNoConnection() throws SQLException {
    try (OrdersGateway gateway = gateway();
        WsClient client = WsClient.connect(gateway.ws());
        Connection open = gateway.database.connect();
        Statement statement = open.createStatement()) {
      client.await("subscribed");
      open.setAutoCommit(false);
      statement.execute("INSERT INTO orders (customer) VALUES ('open')");
      gateway.insert(1);
      client.nextChange();
      gateway.database.execute(
          "INSERT INTO orderwire_state (name, value) VALUES ('retention', '{\"floor\": %d}')"
              .formatted(gateway.position().head() - 1));
      assertResetByRetention(client.next());
      assertThat(snapshot(client::next)).isEqualTo(table(gateway));
      gateway.insert(1);
      assertThat(client.nextChange().get("id").longValue()).isEqualTo(gateway.ids().getLast());
      assertThat(gateway.traffic.closes).isEmpty();
    }
  }
}
