package dev.orderwire.gateway;

import static dev.orderwire.gateway.FeedGateway.insert;
import static dev.orderwire.gateway.FeedGateway.order;
import static dev.orderwire.gateway.ResumeFromFeedTest.ids;
import static org.assertj.core.api.Assertions.assertThat;

import dev.orderwire.testing.SseClient;
import dev.orderwire.testing.SseClient.Event;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@ExtendWith(FailOnLeak.class)
class EventsTest {
  @Test
  void eventsCarryTheSameObjectsWithPositionsAsIds() {
    try (FeedGateway gateway = new FeedGateway();
        SseClient client = SseClient.connect(gateway.events("where", "{\"status\":\"pending\"}"))) {
      assertThat(client.header("content-type")).startsWith("text/event-stream");
      assertThat(client.header("cache-control")).isEqualTo("no-store");
      Event welcome = client.next();
      assertThat(welcome.type()).isEqualTo("welcome");
      assertThat(welcome.lastEventId()).isNull();
      Event subscribed = client.next();
      assertThat(subscribed.type()).isEqualTo("subscribed");
      assertThat(subscribed.lastEventId()).isEqualTo(gateway.position().toString());
      gateway.append(insert(101, order(1, "Ann", "shipped")));
      gateway.append(insert(102, order(2, "Bob", "pending")));
      Event changes = client.next();
      assertThat(changes.type()).isEqualTo("changes");
      assertThat(changes.lastEventId()).isEqualTo(gateway.position().toString());
      assertThat(changes.data().get("type").asString()).isEqualTo("changes");
      assertThat(changes.data().get("position").asString()).isEqualTo(changes.lastEventId());
      assertThat(ids(changes.data())).containsExactly(102L);
      assertThat(gateway.traffic.connections).hasValue(1);
    }
  }

  @Test
  void theLastEventIdTakesPrecedenceOverTheUrl() {
    try (FeedGateway gateway = new FeedGateway()) {
      String first = gateway.position().toString();
      gateway.append(insert(101, order(1, "Ann", "pending")));
      String second = gateway.position().toString();
      gateway.append(insert(102, order(2, "Bob", "pending")));
      try (SseClient client = SseClient.connect(gateway.events("since", first))) {
        assertThat(ids(client.await("changes").data())).containsExactly(101L, 102L);
      }
      try (SseClient client =
          SseClient.connect(gateway.events("since", first), "Last-Event-ID", second)) {
        assertThat(ids(client.await("changes").data())).containsExactly(102L);
        gateway.append(insert(103, order(3, "Cid", "pending")));
        assertThat(ids(client.next().data())).containsExactly(103L);
      }
    }
  }

  /** As the polyfills of EventSource do, which cannot set headers. */
  @Test
  void theLastEventIdCanStandInTheUrl() {
    try (FeedGateway gateway = new FeedGateway()) {
      String first = gateway.position().toString();
      gateway.append(insert(101, order(1, "Ann", "pending")));
      String second = gateway.position().toString();
      gateway.append(insert(102, order(2, "Bob", "pending")));
      String third = gateway.position().toString();
      gateway.append(insert(103, order(3, "Cid", "pending")));
      try (SseClient client =
          SseClient.connect(gateway.events("since", first, "lastEventId", second))) {
        assertThat(ids(client.await("changes").data())).containsExactly(102L, 103L);
      }
      // A header is newer than the URL, and before the first event there is no id.
      try (SseClient client =
          SseClient.connect(gateway.events("lastEventId", second), "Last-Event-ID", third)) {
        assertThat(ids(client.await("changes").data())).containsExactly(103L);
      }
      try (SseClient client =
          SseClient.connect(gateway.events("since", first, "lastEventId", ""))) {
        assertThat(ids(client.await("changes").data())).containsExactly(101L, 102L, 103L);
      }
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          table    | nothing       | 404 | unknown_table
          since    | yesterday     | 400 | unknown_position
          lastEventId | yesterday  | 400 | unknown_position
          where    | {"nothing":1} | 400 | unknown_column
          conflate | 5ms           | 400 | bad_conflate
          nothing  | 1             | 400 | bad_parameter
          """)
  void aBadRequestGetsAnHttpError(String name, String value, int status, String code) {
    try (FeedGateway gateway = new FeedGateway();
        SseClient client = SseClient.connect(gateway.events(name, value))) {
      assertThat(client.status()).isEqualTo(status);
      assertThat(client.header("content-type")).isEqualTo("application/json");
      assertThat(client.refusal().get("error").get("code").asString()).isEqualTo(code);
      assertThat(gateway.traffic.refusals).containsExactly(code);
      assertThat(gateway.traffic.connections).hasValue(0);
    }
  }

  @Test
  void theStreamEndsCleanlyWhenTheServerShutsDown() {
    try (FeedGateway gateway = new FeedGateway();
        SseClient client = SseClient.connect(gateway.events())) {
      client.await("subscribed");
      gateway.gateway.close();
      assertThat(client.awaitEnd()).isTrue();
    }
  }
}
