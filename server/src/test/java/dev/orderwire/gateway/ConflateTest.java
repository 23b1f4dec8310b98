package dev.orderwire.gateway;

import static dev.orderwire.gateway.FeedGateway.delete;
import static dev.orderwire.gateway.FeedGateway.insert;
import static dev.orderwire.gateway.FeedGateway.order;
import static dev.orderwire.gateway.FeedGateway.update;
import static org.assertj.core.api.Assertions.assertThat;

import dev.orderwire.testing.WsClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import tools.jackson.databind.JsonNode;

@ExtendWith(FailOnLeak.class)
class ConflateTest {
  private FeedGateway gateway = new FeedGateway();

  @AfterEach
  void close() {
    gateway.close();
  }

  private WsClient subscribed(String... query) {
    WsClient client = WsClient.connect(gateway.ws(query));
    client.await("subscribed");
    return client;
  }

  /** All changes up to the one with this id, message by message. */
  private static List<JsonNode> upTo(long id, WsClient client) {
    List<JsonNode> messages = new ArrayList<>();
    long newest = 0;
    while (newest < id) {
      JsonNode message = client.await("changes");
      messages.add(message);
      for (JsonNode change : message.get("changes")) {
        newest = Math.max(newest, change.get("id").longValue());
      }
    }
    return messages;
  }

  @Test
  void eachRowsNewestStateComesAtThePace() {
    try (WsClient all = subscribed();
        WsClient seldom = subscribed("conflate", "400ms")) {
      gateway.append(insert(101, order(1, "Ann", "0")));
      assertThat(upTo(101, seldom)).hasSize(1);
      for (int i = 1; i <= 50; i++) {
        gateway.append(
            update(
                101 + i,
                order(1, "Ann", String.valueOf(i - 1)),
                order(1, "Ann", String.valueOf(i))));
      }
      gateway.append(insert(160, order(2, "Bob", "new")));
      List<JsonNode> messages = upTo(160, seldom);
      List<JsonNode> everything = upTo(160, all);
      // Both were written at once, before the first message: each update lies in one of two.
      assertThat(messages.size()).isLessThan(everything.size()).isLessThanOrEqualTo(3);
      JsonNode last = messages.getLast();
      assertThat(last.get("position")).isEqualTo(everything.getLast().get("position"));
      JsonNode update = last.get("changes").get(0);
      assertThat(update.get("id").longValue()).isEqualTo(151);
      assertThat(update.get("op").asString()).isEqualTo("update");
      assertThat(update.get("row").get("status").asString()).isEqualTo("50");
      assertThat(last.get("changes").get(1).get("op").asString()).isEqualTo("insert");
      assertThat(last.get("changes").size()).isEqualTo(2);
    }
  }

  @Test
  void rowsThatComeAndGoBetweenTwoMessagesAreNotSent() {
    try (WsClient seldom = subscribed("conflate", "500ms")) {
      gateway.append(insert(101, order(1, "Ann", "new")));
      upTo(101, seldom);
      gateway.append(insert(102, order(2, "Bob", "new")));
      gateway.append(delete(103, order(2, "Bob", "new")));
      gateway.append(insert(104, order(3, "Cid", "new")));
      List<JsonNode> messages = upTo(104, seldom);
      assertThat(messages).hasSize(1);
      assertThat(messages.getFirst().get("changes").size()).isEqualTo(1);
    }
  }

  /** While a change waits for the pace, no position may cover it. */
  @Test
  void noPositionIsAheadOfTheChangesSent() {
    gateway.close();
    gateway =
        new FeedGateway(FeedGateway.options(Duration.ofSeconds(2), Set.of(), Map.of()), 100_000);
    try (WsClient seldom = subscribed("conflate", "5s")) {
      gateway.append(insert(101, order(1, "Ann", "new")));
      JsonNode first = upTo(101, seldom).getFirst();
      gateway.append(insert(102, order(2, "Bob", "new")));
      JsonNode next = seldom.await("any", message -> !message.path("position").isMissingNode());
      while (!next.get("type").asString().equals("changes")) {
        assertThat(next.get("position")).isEqualTo(first.get("position"));
        next = seldom.await("any", message -> !message.path("position").isMissingNode());
      }
      assertThat(next.get("changes").get(0).get("id").longValue()).isEqualTo(102);
    }
  }

  @Test
  void aResumedSubscriptionKeepsItsPace() {
    String since;
    try (WsClient seldom = subscribed("conflate", "100ms")) {
      gateway.append(insert(101, order(1, "Ann", "new")));
      since = upTo(101, seldom).getLast().get("position").asString();
    }
    gateway.append(update(102, order(1, "Ann", "new"), order(1, "Ann", "paid")));
    gateway.append(update(103, order(1, "Ann", "paid"), order(1, "Ann", "shipped")));
    try (WsClient seldom = subscribed("conflate", "100ms", "since", since)) {
      JsonNode change = upTo(103, seldom).getFirst().get("changes").get(0);
      assertThat(change.get("old").toString()).isEqualTo("{\"status\":\"new\"}");
      assertThat(change.get("row").get("status").asString()).isEqualTo("shipped");
    }
  }
}
