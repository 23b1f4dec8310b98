package dev.orderwire.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orderwire.testing.SseClient;
import dev.orderwire.testing.WsClient;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/**
 * Ann tries to learn of Bob's orders, by every path. All his rows have a word in them that no
 * answer to her may have.
 */
@Timeout(120)
@ExtendWith(FailOnLeak.class)
class StrangersOrdersTest {
  private static final String ROWS = "/api/tables/orders/rows";
  private static final String CHANGES = "/api/tables/orders/changes";
  private static final String ANN = Customers.token("Ann", "customer");
  private static final String BOB = Customers.token("Bob", "customer");

  private final Customers customers =
      new Customers(
          """
          {"orders": {"customer": {"rows": {"customer": "${claims.sub}"}}}}\
          """);

  @AfterEach
  void close() {
    customers.close();
  }

  private void order(String customer, String status) {
    customers.sql(
        "INSERT INTO orders (customer, status) VALUES ('%s', '%s')".formatted(customer, status));
  }

  private static String position(JsonNode answer) {
    return answer.get("position").asString();
  }

  /** Everything that can happen to Bob's orders, and one order of Ann's at the end. */
  private void everythingHappens() {
    order("Bob", "secret1");
    customers.sql("UPDATE orders SET status = 'secret2' WHERE customer = 'Bob'");
    customers.sql("UPDATE orders SET id = id + 1000 WHERE customer = 'Bob'");
    customers.sql("UPDATE orders SET customer = 'Eve' WHERE customer = 'Bob'");
    customers.sql("UPDATE orders SET customer = 'Bob' WHERE customer = 'Eve'");
    customers.sql("DELETE FROM orders WHERE customer = 'Bob'");
    order("Bob", "secret3");
    order("Ann", "own");
  }

  /** The next message is of Ann's own order: nothing came in between, not even an empty message. */
  private static void requireOwnAlone(JsonNode message) {
    assertThat(message.get("type").asString()).as(message.toString()).isEqualTo("changes");
    assertThat(message.get("changes")).hasSize(1);
    assertThat(message.at("/changes/0/row/status").asString()).isEqualTo("own");
    assertThat(message.at("/changes/0/old").isNull()).isTrue();
    assertThat(message.toString()).doesNotContain("Bob", "secret");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "customer", "id", "status,customer"})
  void nothingOfAStrangersChangesComesLive(String columns) {
    String[] query =
        columns.isEmpty()
            ? new String[] {"token", ANN}
            : new String[] {"token", ANN, "columns", columns + ",status"};
    try (WsClient live = WsClient.connect(customers.gateway.ws(query));
        SseClient events = SseClient.connect(customers.gateway.uri("http", "/events", query))) {
      live.await("subscribed");
      events.await("subscribed");
      everythingHappens();
      requireOwnAlone(live.next());
      requireOwnAlone(events.next().data());
    }
  }

  @Test
  void nothingOfAStrangersChangesComesInAResume() {
    String since = position(customers.json(ANN, ROWS));
    everythingHappens();
    try (WsClient resumed = WsClient.connect(customers.gateway.ws("token", ANN, "since", since));
        WsClient paced =
            WsClient.connect(
                customers.gateway.ws("token", ANN, "since", since, "conflate", "20ms"));
        SseClient events =
            SseClient.connect(
                customers.gateway.uri("http", "/events", "token", ANN), "Last-Event-ID", since)) {
      for (WsClient client : List.of(resumed, paced)) {
        client.await("subscribed");
        requireOwnAlone(client.next());
      }
      events.await("subscribed");
      requireOwnAlone(events.next().data());
    }
    JsonNode changes = customers.json(ANN, CHANGES, "since", since);
    assertThat(changes.get("changes")).hasSize(1);
    assertThat(changes.toString()).contains("own").doesNotContain("Bob", "secret");
  }

  /** By the parameter too, which polyfills of EventSource use. */
  @Test
  void aStrangersPositionGivesASnapshotOfOnesOwn() {
    String since = position(customers.json(BOB, ROWS));
    everythingHappens();
    for (SseClient events :
        List.of(
            SseClient.connect(
                customers.gateway.uri("http", "/events", "token", ANN, "lastEventId", since)),
            SseClient.connect(
                customers.gateway.uri("http", "/events", "token", ANN), "Last-Event-ID", since))) {
      try (events) {
        events.await("subscribed");
        assertThat(events.next().data().get("reason").asString()).isEqualTo("policy");
        JsonNode rows = events.await("snapshot").data().get("rows");
        assertThat(rows).hasSize(1);
        assertThat(rows.toString()).contains("own").doesNotContain("Bob", "secret");
      }
    }
  }

  /** Whether a row exists shows in no answer: not in rows, counts, more, or messages. */
  @Test
  void aHiddenRowLooksLikeNone() {
    order("Ann", "own");
    for (int i = 0; i < 5; i++) {
      order("Bob", "secret" + i);
    }
    for (String question :
        List.of(
            "{\"id\":%d}",
            "{\"id\":{\"in\":[%d]}}",
            "{\"not\":{\"id\":{\"ne\":%d}}}",
            "{\"or\":[{\"id\":%d}]}",
            "{\"and\":[{\"id\":{\"gte\":%1$d}},{\"id\":{\"lte\":%1$d}}]}")) {
      List<String> answers = new ArrayList<>();
      for (int id : new int[] {3, 4711}) {
        String where = question.formatted(id);
        answers.add(customers.get(ANN, ROWS, "where", where, "limit", "1").body());
      }
      assertThat(answers.get(0))
          .contains("\"rows\":[]", "\"more\":false")
          .isEqualTo(answers.get(1));
    }
    JsonNode first = customers.json(ANN, ROWS, "limit", "1");
    assertThat(first.get("rows")).hasSize(1);
    assertThat(first.get("more").booleanValue()).as("five more, all hidden").isFalse();
    assertThat(first.get("after").isNull()).isTrue();
    HttpResponse<String> behind = customers.get(ANN, ROWS, "after", "{\"id\":4}");
    assertThat(behind.body()).contains("\"rows\":[]").doesNotContain("secret", "Bob");
  }

  /** A view's id is the same for all clients, and gives none of them a right. */
  @Test
  void aStrangersViewCannotBeEnded() {
    try (WsClient bob = WsClient.connect(customers.gateway.ws("token", BOB));
        WsClient ann = WsClient.connect(customers.gateway.ws("token", ANN), "orderwire.v1")) {
      String view = bob.await("subscribed").get("view").asString();
      ann.await("welcome");
      ann.send("{\"type\":\"unsubscribe\",\"view\":\"" + view + "\"}");
      assertThat(ann.await("error").get("code").asString()).isEqualTo("unknown_view");
      order("Bob", "secret");
      assertThat(bob.nextChange().at("/row/status").asString()).isEqualTo("secret");
    }
  }

  /** The same condition in a policy and in a where is no common view. */
  @Test
  void aWhereThatIsAnotherClientsPolicySelectsNothing() {
    order("Ann", "own");
    order("Bob", "secret");
    String where = "{\"customer\":\"Bob\"}";
    try (WsClient bob = WsClient.connect(customers.gateway.ws("token", BOB, "snapshot", "true"));
        WsClient ann =
            WsClient.connect(
                customers.gateway.ws("token", ANN, "snapshot", "true", "where", where));
        WsClient both =
            WsClient.connect(
                customers.gateway.ws(
                    "token",
                    ANN,
                    "snapshot",
                    "true",
                    "where",
                    "{\"or\":[{\"customer\":\"Bob\"},{\"customer\":\"Ann\"},{}]}"))) {
      assertThat(bob.await("snapshot").get("rows")).hasSize(1);
      assertThat(ann.await("snapshot").get("rows")).isEmpty();
      assertThat(both.await("snapshot").get("rows")).hasSize(1);
      everythingHappens();
      requireOwnAlone(both.next());
      assertThat(ann.arrived().toString()).doesNotContain("secret");
      assertThat(bob.nextChange().at("/row/status").asString()).isEqualTo("secret1");
    }
  }
}
