package dev.orderwire.gateway;

import static dev.orderwire.gateway.ResumeFromFeedTest.ids;
import static org.assertj.core.api.Assertions.assertThat;

import dev.orderwire.change.Position;
import dev.orderwire.gateway.protocol.CloseReason;
import dev.orderwire.gateway.protocol.Limit;
import dev.orderwire.testing.Await;
import dev.orderwire.testing.RawSocket;
import dev.orderwire.testing.WsClient;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import tools.jackson.databind.JsonNode;

@ExtendWith(FailOnLeak.class)
class ResumeFromLogTest {
  private static final Map<Limit, Long> SMALL_PAGES = Map.of(Limit.PAGE_CHANGES, 100L);

  @Test
  void changesThatTheFeedNoLongerHoldsComeFromTheLogAsOneMoment() {
    try (MemoryGateway gateway = new MemoryGateway(10, SMALL_PAGES)) {
      String since = gateway.position().toString();
      gateway.insert(250);
      for (int i = 0; i < 20; i++) {
        gateway.insert(1);
      }
      try (WsClient client = WsClient.connect(gateway.ws("since", since))) {
        assertThat(client.await("subscribed").get("position").asString()).isEqualTo(since);
        List<JsonNode> messages = List.of(client.next(), client.next(), client.next());
        List<Long> ids = new ArrayList<>();
        messages.forEach(message -> ids.addAll(ids(message)));
        assertThat(ids).isEqualTo(gateway.ids());
        assertThat(messages.get(0).get("more").booleanValue()).isTrue();
        assertThat(messages.get(1).get("more").booleanValue()).isTrue();
        assertThat(messages.get(2).has("more")).isFalse();
        assertThat(messages.get(2).get("position").asString())
            .isEqualTo(gateway.position().toString());
        gateway.insert(1);
        assertThat(client.nextChange().get("id").longValue()).isEqualTo(gateway.ids().getLast());
      }
      assertThat(gateway.traffic.replays).hasValue(1);
      assertThat(gateway.traffic.snapshots).hasValue(0);
    }
  }

  /**
   * From a marker to the reset, nothing of a table is delivered, but positions move on. The log has
   * the changes: after such a position, they would lead to a state that the table never had.
   */
  @Test
  void aTableThatWaitsForAResetIsNotReplayed() {
    try (OrdersGateway gateway = new OrdersGateway(5, Map.of()).holdMarked()) {
      gateway.insert(1);
      gateway.mark();
      gateway.insert(1);
      String since = gateway.position().toString();
      gateway.insert(2);
      gateway.database.execute(
          "INSERT INTO `line item/+%` (`order`, line) VALUES (1, 1), (1, 2), (1, 3)",
          "INSERT INTO `line item/+%` (`order`, line) VALUES (2, 1), (2, 2), (2, 3)");
      gateway.awaitAll();
      try (WsClient client = WsClient.connect(gateway.ws("since", since))) {
        client.await("subscribed");
        JsonNode reset = client.next();
        assertThat(reset.get("type").asString()).isEqualTo("reset");
        assertThat(reset.get("reason").asString()).isEqualTo("schema");
        assertThat(client.next().get("rows").size()).isEqualTo(4);
      }
    }
  }

  /** The first server holds the table, and dies before the reset. */
  @Test
  void aServerThatStartsBeforeTheResetHoldsTheTableToo() {
    try (OrdersGateway first = new OrdersGateway(5, Map.of()).holdMarked()) {
      first.insert(1);
      first.mark();
      first.insert(1);
      String since = first.position().toString();
      first.insert(2);
      try (OrdersGateway second = first.beside(5).holdMarked();
          WsClient client = WsClient.connect(second.ws("since", since))) {
        client.await("subscribed");
        assertThat(client.next().get("type").asString()).isEqualTo("reset");
        assertThat(client.next().get("rows").size()).isEqualTo(4);
        second.insert(1);
        second.keepUp();
        assertThat(client.next().get("type").asString()).isEqualTo("reset");
        assertThat(client.next().get("rows").size()).isEqualTo(5);
      }
    }
  }

  @Test
  void aClientThatDisconnectsDuringAReplayResumesFromThere() {
    try (OrdersGateway gateway = new OrdersGateway(10, SMALL_PAGES)) {
      String since = gateway.position().toString();
      gateway.insert(430);
      gateway.insert(20);
      List<Long> all = gateway.ids();
      List<JsonNode> messages = new ArrayList<>();
      try (WsClient client = WsClient.connect(gateway.ws("since", since))) {
        do {
          messages.add(client.await("changes"));
        } while (messages.getLast().has("more"));
      }
      assertThat(messages).hasSize(5);
      for (int died = 0; died < 4; died++) {
        List<Long> ids = new ArrayList<>();
        messages.subList(0, died + 1).forEach(message -> ids.addAll(ids(message)));
        String position = messages.get(died).get("position").asString();
        try (WsClient client = WsClient.connect(gateway.ws("since", position))) {
          while (ids.size() < all.size()) {
            ids.addAll(ids(client.await("changes")));
          }
        }
        assertThat(ids).isEqualTo(all);
      }
    }
  }

  /** Its id is below the head of the position, and the feed no longer holds it. */
  @Test
  void aLateChangeBelowTheHeadComesFromTheLog() throws SQLException {
    try (OrdersGateway gateway = new OrdersGateway(10, SMALL_PAGES)) {
      try (Connection late = gateway.database.connect();
          Statement statement = late.createStatement()) {
        late.setAutoCommit(false);
        statement.execute("INSERT INTO orders (customer) VALUES ('late')");
        gateway.insert(1);
        Position since = gateway.position();
        assertThat(since.gaps().size()).isEqualTo(1);
        late.commit();
        gateway.awaitAll();
        long lateId = since.gaps().ranges().getFirst().first();
        gateway.insert(150);
        gateway.insert(50);
        try (WsClient client = WsClient.connect(gateway.ws("since", since.toString()))) {
          assertThat(client.nextChange().get("id").longValue()).isEqualTo(lateId);
          List<Long> ids = new ArrayList<>(List.of(since.head(), lateId));
          while (ids.size() < gateway.ids().size()) {
            ids.add(client.nextChange().get("id").longValue());
          }
          assertThat(ids.stream().sorted()).isEqualTo(gateway.ids());
        }
      }
    }
  }

  @Test
  void aViewThatShowsNoMissedChangeGetsTheEndOfTheMomentAndGoesOn() {
    try (MemoryGateway gateway = new MemoryGateway(10, SMALL_PAGES)) {
      String since = gateway.position().toString();
      gateway.insert(300);
      gateway.insert(20);
      try (WsClient client =
          WsClient.connect(gateway.ws("since", since, "where", "{\"status\":\"lost\"}"))) {
        client.await("subscribed");
        JsonNode whole = client.next();
        assertThat(ids(whole)).isEmpty();
        assertThat(whole.has("more")).isFalse();
        assertThat(whole.get("position").asString()).isEqualTo(gateway.position().toString());
        assertThat(gateway.traffic.replays).hasValue(1);
        gateway.update("customer", "lost", 7);
        JsonNode change = client.next();
        assertThat(ids(change)).containsExactly(gateway.ids().getLast());
        assertThat(change.has("more")).isFalse();
      }
    }
  }

  /** The view shows no change of the last page. */
  @Test
  void aViewThatShowsTheBeginningOfTheMissedChangesGetsTheirEnd() {
    try (MemoryGateway gateway = new MemoryGateway(10, SMALL_PAGES)) {
      String since = gateway.position().toString();
      gateway.insert(1, "Ann", "lost");
      gateway.insert(300);
      gateway.insert(20);
      try (WsClient client =
          WsClient.connect(gateway.ws("since", since, "where", "{\"status\":\"lost\"}"))) {
        JsonNode first = client.await("changes");
        assertThat(ids(first)).hasSize(1);
        assertThat(first.get("more").booleanValue()).isTrue();
        JsonNode last = client.await("changes");
        assertThat(ids(last)).isEmpty();
        assertThat(last.has("more")).isFalse();
        assertThat(last.get("position").asString()).isEqualTo(gateway.position().toString());
      }
    }
  }

  /** A marker stands for a change that a trigger could not log: only the rows have it. */
  @Test
  void aClientThatResumesFromBeforeAMarkerGetsTheRows() {
    try (OrdersGateway gateway = new OrdersGateway(10, SMALL_PAGES)) {
      String since = gateway.position().toString();
      gateway.insert(1);
      gateway.mark();
      gateway.insert(1);
      gateway.insert(20);
      try (WsClient client = WsClient.connect(gateway.ws("since", since))) {
        assertThat(client.await("reset").get("reason").asString()).isEqualTo("schema");
        assertThat(client.await("snapshot").get("rows")).hasSize(22);
      }
    }
  }

  @Test
  void aPositionThatIsNotValidHereYieldsAResetAndTheRows() {
    try (MemoryGateway gateway = new MemoryGateway(1_000, Map.of())) {
      gateway.insert(3);
      Position here = gateway.position();
      List<String> positions =
          List.of("anotherlog-5", new Position(here.epoch(), 1_000_000, here.gaps()).toString());
      for (String since : positions) {
        try (WsClient client = WsClient.connect(gateway.ws("since", since))) {
          JsonNode subscribed = client.await("subscribed");
          JsonNode reset = client.next();
          assertThat(reset.get("type").asString()).isEqualTo("reset");
          assertThat(reset.get("reason").asString()).isEqualTo("epoch");
          for (String same : List.of("view", "key", "columns")) {
            assertThat(reset.get(same)).isEqualTo(subscribed.get(same));
          }
          JsonNode snapshot = client.next();
          assertThat(snapshot.get("rows").size()).isEqualTo(3);
          assertThat(snapshot.get("done").booleanValue()).isTrue();
          gateway.insert(1);
          long newest = gateway.ids().getLast();
          // The snapshot may be shared with the client before: then earlier changes come first.
          JsonNode change = client.nextChange();
          while (change.get("id").longValue() < newest) {
            change = client.nextChange();
          }
          assertThat(change.get("op").asString()).isEqualTo("insert");
          gateway.deleteFrom(4);
          assertThat(client.nextChange().get("op").asString()).isEqualTo("delete");
        }
      }
    }
  }

  @Test
  void aValidPositionNeedsNoSnapshot() {
    try (MemoryGateway gateway = new MemoryGateway(1_000, Map.of())) {
      String since = gateway.position().toString();
      gateway.insert(3);
      try (WsClient client = WsClient.connect(gateway.ws("since", since, "snapshot", "true"))) {
        client.await("subscribed");
        assertThat(ids(client.next())).isEqualTo(gateway.ids());
      }
      assertThat(gateway.traffic.snapshots).hasValue(0);
    }
  }

  /** It falls out of the feed while it does not read, and catches up from the log. */
  @Test
  void aSlowReaderGetsEverythingOnce() {
    try (MemoryGateway gateway = new MemoryGateway(50, SMALL_PAGES);
        RawSocket slow = RawSocket.connect(gateway.address, 4_096).upgrade("/ws")) {
      Await.until("it is subscribed", () -> gateway.traffic.subscriptions.get() == 1);
      for (int i = 0; i < 100; i++) {
        gateway.insert(40, "x".repeat(4_000), "pending");
      }
      assertThat(gateway.traffic.bytes.get()).isLessThan(8L << 20);
      List<Long> all = gateway.ids();
      List<Long> ids = new ArrayList<>();
      JsonNode message = slow.readMessage();
      while (ids.size() < all.size() || message.has("more")) {
        if (message.get("type").asString().equals("changes")) {
          ids.addAll(ids(message));
        }
        message = ids.size() < all.size() || message.has("more") ? slow.readMessage() : message;
      }
      assertThat(ids).isEqualTo(all);
      assertThat(gateway.traffic.replays.get()).isPositive();
      assertThat(gateway.traffic.subscriptions).hasValue(1);
    }
  }

  @Test
  void aClientThatReadsNothingOfAReplayIsClosed() {
    Map<Limit, Long> hasty = Map.of(Limit.STALL_SECONDS, 1L, Limit.PAGE_CHANGES, 50L);
    try (MemoryGateway gateway = new MemoryGateway(10, hasty)) {
      String since = gateway.position().toString();
      for (int i = 0; i < 100; i++) {
        gateway.insert(40, "x".repeat(4_000), "pending");
      }
      try (RawSocket slow =
          RawSocket.connect(gateway.address, 4_096).upgrade("/ws?since=" + since)) {
        Await.until("it is closed", () -> !gateway.traffic.closes.isEmpty());
        assertThat(gateway.traffic.closes).containsExactly(CloseReason.TOO_SLOW);
        assertThat(slow.awaitEnd()).isTrue();
      }
      Await.until("it is gone", () -> gateway.traffic.connections.get() == 0);
      assertThat(gateway.traffic.subscriptions).hasValue(0);
    }
  }
}
