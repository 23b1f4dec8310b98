package dev.orderwire.gateway;

import static dev.orderwire.gateway.FeedGateway.insert;
import static dev.orderwire.gateway.FeedGateway.order;
import static org.assertj.core.api.Assertions.assertThat;

import dev.orderwire.gateway.protocol.Limit;
import dev.orderwire.gateway.protocol.Resource;
import dev.orderwire.testing.Await;
import dev.orderwire.testing.RawSocket;
import dev.orderwire.testing.WsClient;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import tools.jackson.databind.JsonNode;

@ExtendWith(FailOnLeak.class)
class MysqlUnavailableTest {
  private static RawSocket ask(FeedGateway gateway, String path) {
    RawSocket socket = RawSocket.connect(gateway.address);
    socket.send("GET " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n");
    return socket;
  }

  @Test
  void clientsThatNeedStoredDataGetARetryableErrorAndTheOthersGoOn() {
    try (FeedGateway gateway = new FeedGateway();
        WsClient live = WsClient.connect(gateway.ws())) {
      live.await("subscribed");
      String ahead = "epoch1-" + Long.toString(200, 36);
      try (WsClient plain = WsClient.connect(gateway.ws("snapshot", "true"));
          WsClient explicit = WsClient.connect(gateway.ws(), "orderwire.v1");
          WsClient resuming = WsClient.connect(gateway.ws("since", ahead));
          RawSocket rows = ask(gateway, "/api/tables/orders/rows");
          RawSocket changes = ask(gateway, "/api/tables/orders/changes?since=epoch1-1");
          RawSocket events = ask(gateway, "/events?snapshot=true")) {
        explicit.send("{\"type\":\"subscribe\",\"ref\":\"r\",\"snapshot\":true}");
        gateway.append(insert(101, order(1, "Ann", "pending")));
        assertThat(live.nextChange().get("id").longValue()).isEqualTo(101);
        for (RawSocket http : List.of(rows, changes, events)) {
          assertThat(http.readAnswer())
              .startsWith("HTTP/1.1 503")
              .contains("mysql_unavailable")
              .contains("retry-after")
              // The address and the user of MySQL stay private.
              .doesNotContain("nobody@");
        }
        // The client can try again on the same connection, whose other views still work.
        JsonNode error = explicit.await("error");
        assertThat(error.get("ref").asString()).isEqualTo("r");
        assertThat(error.get("code").asString()).isEqualTo("mysql_unavailable");
        assertThat(error.get("message").asString()).doesNotContain("nobody@");
        explicit.send("{\"type\":\"subscribe\",\"ref\":\"s\"}");
        assertThat(explicit.next().get("ref").asString()).isEqualTo("s");
        gateway.append(insert(102, order(1, "Ann", "pending")));
        assertThat(explicit.nextChange().get("id").longValue()).isEqualTo(102);
        for (WsClient client : List.of(plain, resuming)) {
          assertThat(client.closeCode()).isEqualTo(4503);
          assertThat(client.arrived())
              .noneMatch(message -> message.get("type").asString().equals("subscribed"));
        }
      }
      assertThat(live.nextChange().get("id").longValue()).isEqualTo(102);
      gateway.append(insert(103, order(1, "Ann", "pending")));
      assertThat(live.nextChange().get("id").longValue()).isEqualTo(103);
      Await.until("one is left", () -> gateway.traffic.subscriptions.get() == 1);
    }
  }

  /** The client was told that it would miss nothing, and its changes cannot be read now. */
  @Test
  void aClientThatFallsOutOfTheFeedIsClosedAndCanResume() {
    try (FeedGateway gateway =
            new FeedGateway(FeedGateway.options(Duration.ofHours(1), Set.of(), Map.of()), 5);
        RawSocket slow = RawSocket.connect(gateway.address, 4_096).upgrade("/ws")) {
      Await.until("it is subscribed", () -> gateway.traffic.subscriptions.get() == 1);
      gateway.awaitFollowing();
      String text = "x".repeat(4_000);
      int appended = 0;
      // It does not read yet: its socket fills up, and then it misses as many as the feed holds.
      for (int missed = 0; missed <= 5; missed = appended - gateway.traffic.deliveries.intValue()) {
        gateway.append(insert(101 + appended, order(appended, text, "pending")));
        appended++;
        gateway.awaitFollowing();
      }
      assertThat(slow.readCloseCode()).isEqualTo(4503);
    }
  }

  @Test
  void requestsOverTheWaitingLimitAreRefused() {
    Map<Limit, Long> limits = Map.of(Limit.TASKS, 1L, Limit.WAITING_TASKS, 1L);
    UnavailableStore store = new UnavailableStore();
    store.calls.acquireUninterruptibly();
    try (FeedGateway gateway =
            new FeedGateway(
                FeedGateway.options(Duration.ofHours(1), Set.of(), limits), 100_000, store);
        RawSocket first = ask(gateway, "/api/tables/orders/rows");
        RawSocket second = ask(gateway, "/api/tables/orders/rows")) {
      Await.until("one is turned away", () -> !gateway.traffic.refusals.isEmpty());
      try (WsClient third = WsClient.connect(gateway.ws("snapshot", "true"))) {
        assertThat(third.closeCode()).isEqualTo(4429);
      }
      assertThat(gateway.traffic.refusing).containsExactly(Resource.TASKS);
      store.calls.release();
      assertThat(List.of(first.readAnswer(), second.readAnswer()))
          .satisfiesOnlyOnce(answer -> assertThat(answer).startsWith("HTTP/1.1 503"))
          .satisfiesOnlyOnce(
              answer -> assertThat(answer).startsWith("HTTP/1.1 429").contains("over_limit"));
      Await.until(
          "only MySQL refuses", () -> gateway.traffic.refusing.equals(Set.of(Resource.MYSQL)));
    }
  }
}
