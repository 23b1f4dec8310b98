package dev.orderwire.gateway;

import static dev.orderwire.gateway.FeedGateway.LINES;
import static dev.orderwire.gateway.FeedGateway.ORDERS;
import static dev.orderwire.gateway.FeedGateway.insert;
import static dev.orderwire.gateway.FeedGateway.line;
import static dev.orderwire.gateway.FeedGateway.order;
import static dev.orderwire.gateway.ResumeFromFeedTest.ids;
import static org.assertj.core.api.Assertions.assertThat;

import dev.orderwire.change.Table;
import dev.orderwire.gateway.protocol.CloseReason;
import dev.orderwire.testing.Await;
import dev.orderwire.testing.RawSocket;
import dev.orderwire.testing.SseClient;
import dev.orderwire.testing.WsClient;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import tools.jackson.databind.JsonNode;

/** Resets of a table while its rows cannot be read. */
@ExtendWith(FailOnLeak.class)
class ResetTest {
  private static final Table WITHOUT_STATUS =
      new Table(
          "orders",
          ORDERS.columns().stream().filter(each -> !each.name().equals("status")).toList(),
          ORDERS.key());

  private static final String BY_STATUS = "{\"status\":\"pending\"}";

  private static String subscribe(String ref, String table, String more) {
    return "{\"type\":\"subscribe\",\"ref\":\""
        + ref
        + "\",\"table\":\""
        + table
        + "\""
        + more
        + "}";
  }

  @Test
  void aViewThatTheAlteredTableNoLongerSupportsEndsAndTheConnectionStaysOpen() {
    try (FeedGateway gateway = new FeedGateway();
        WsClient client = WsClient.connect(gateway.ws(), "orderwire.v1")) {
      client.send(subscribe("a", "orders", ",\"where\":" + BY_STATUS));
      String view = client.await("subscribed").get("view").asString();
      client.send(subscribe("b", LINES.name(), ""));
      client.await("subscribed");
      gateway.reset(WITHOUT_STATUS, insert(102, order(1, "Ann", "pending")), line(103, 1, 1));
      List<JsonNode> messages = List.of(client.next(), client.next(), client.next());
      JsonNode error = only("error", messages);
      assertThat(error.get("ref").asString()).isEqualTo("a");
      assertThat(error.get("code").asString()).isEqualTo("unknown_column");
      assertThat(only("unsubscribed", messages).get("view").asString()).isEqualTo(view);
      assertThat(ids(only("changes", messages))).containsExactly(103L);
      gateway.append(line(104, 1, 2));
      assertThat(ids(client.next())).containsExactly(104L);
      assertThat(gateway.traffic.subscriptions).hasValue(1);
      client.send(subscribe("c", "orders", ""));
      assertThat(client.next().get("columns").size()).isEqualTo(3);
    }
  }

  private static JsonNode only(String type, List<JsonNode> messages) {
    List<JsonNode> found =
        messages.stream().filter(each -> each.get("type").asString().equals(type)).toList();
    assertThat(found).hasSize(1);
    return found.getFirst();
  }

  @Test
  void aPlainClientGetsTheErrorAndIsClosed() {
    try (FeedGateway gateway = new FeedGateway();
        WsClient client = WsClient.connect(gateway.ws("where", BY_STATUS))) {
      client.await("subscribed");
      gateway.reset(WITHOUT_STATUS);
      assertThat(client.next().get("code").asString()).isEqualTo("unknown_column");
      assertThat(client.closeCode()).isEqualTo(4400);
    }
  }

  @Test
  void aStreamOfEventsEnds() {
    try (FeedGateway gateway = new FeedGateway();
        RawSocket client = RawSocket.connect(gateway.address)) {
      client.send("GET /events?columns=status HTTP/1.1\r\nHost: localhost\r\n\r\n");
      assertThat(client.readHead()).startsWith("HTTP/1.1 200");
      Await.until("it is subscribed", () -> gateway.traffic.subscriptions.get() == 1);
      gateway.reset(WITHOUT_STATUS);
      assertThat(client.awaitEnd()).isTrue();
      assertThat(gateway.traffic.closes).containsExactly(CloseReason.BAD_REQUEST);
    }
  }

  /** Without MySQL, the gateway cannot read the table again: it closes the connection instead. */
  @Test
  void noChangesOfAResetsMomentOrLaterArriveBeforeTheReset() {
    try (FeedGateway gateway = new FeedGateway();
        WsClient client = WsClient.connect(gateway.ws())) {
      client.await("subscribed");
      gateway.append(insert(101, order(1, "Ann", "pending")));
      assertThat(ids(client.next())).containsExactly(101L);
      gateway.reset(WITHOUT_STATUS, insert(103, order(2, "Bob", "pending")));
      gateway.append(insert(104, order(3, "Cid", "pending")));
      assertThat(client.closeCode()).isEqualTo(4503);
      assertThat(client.arrived()).isEmpty();
    }
  }

  /** Its feed reaches back so far, but not past the reset. */
  @Test
  void aPositionFromBeforeAResetIsNotGoneOnFrom() {
    try (FeedGateway gateway = new FeedGateway()) {
      String before = gateway.position().toString();
      gateway.reset(ORDERS);
      String after = gateway.position().toString();
      gateway.append(insert(102, order(1, "Ann", "pending")));
      try (WsClient current = WsClient.connect(gateway.ws("since", after));
          WsClient outdated = WsClient.connect(gateway.ws("since", before));
          SseClient events = SseClient.connect(gateway.events("since", after))) {
        assertThat(current.nextChange().get("id").longValue()).isEqualTo(102);
        assertThat(outdated.closeCode()).isEqualTo(4503);
        assertThat(outdated.arrived())
            .noneMatch(message -> message.get("type").asString().equals("changes"));
        assertThat(ids(events.await("changes").data())).containsExactly(102L);
      }
      try (RawSocket http = RawSocket.connect(gateway.address)) {
        http.send(
            "GET /api/tables/orders/changes?since="
                + before
                + " HTTP/1.1\r\nHost: localhost\r\n\r\n");
        assertThat(http.readAnswer()).startsWith("HTTP/1.1 400").contains("unknown_position");
      }
    }
  }

  @Test
  void whoSubscribesAfterAResetSeesTheNewShapeAndBeforeItTheOld() {
    try (FeedGateway gateway = new FeedGateway()) {
      gateway.reset(WITHOUT_STATUS);
      try (WsClient client = WsClient.connect(gateway.ws())) {
        assertThat(client.await("subscribed").get("columns").size()).isEqualTo(3);
        gateway.append(insert(102, order(1, "Ann", "pending")));
        assertThat(client.nextChange().get("row").has("status")).isFalse();
      }
    }
  }
}
