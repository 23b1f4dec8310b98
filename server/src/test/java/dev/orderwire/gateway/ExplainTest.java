package dev.orderwire.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orderwire.auth.Admission;
import dev.orderwire.auth.Identity;
import dev.orderwire.auth.policy.Policies;
import dev.orderwire.auth.policy.Seal;
import dev.orderwire.change.ErrorCode;
import dev.orderwire.change.OrderwireException;
import dev.orderwire.gateway.protocol.Limit;
import dev.orderwire.testing.Await;
import dev.orderwire.testing.WsClient;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Why a client sees a row, or not. A token of these tests is {@code NAME/ROLES}. */
@ExtendWith(FailOnLeak.class)
class ExplainTest {
  private static final HttpClient HTTP = HttpClient.newHttpClient();
  private static final String PATH = "/api/tables/orders/explain";

  private static final String POLICIES =
      """
      {"orders": {
        "customer": {"rows": {"customer": "${claims.sub}"}},
        "shopper": {"rows": {"customer": "${claims.sub}"}, "explain": true},
        "narrow": {"rows": {"customer": "${claims.sub}"}, "columns": ["id", "status"], "explain": true},
        "many": {"rows": {"or": [{"customer": {"in": "${claims.list}"}}, {"id": {"gte": 1000}}]}, "explain": true},
        "lost": {"rows": {"customer": "${claims.none}"}, "explain": true},
        "ids": {"rows": "all", "columns": ["id"], "explain": true},
        "covered": {"rows": "all", "columns": ["status"], "explain": true},
        "masked": {"rows": "all", "mask": {"id": "hash"}, "explain": true},
        "auditor": {"rows": "all", "columns": "*", "explain": "true"}},
       "line item/+%": {
        "packer": {"rows": "all", "explain": true}}}\
      """;

  private final OrdersGateway gateway = new OrdersGateway(10, Map.of(), admission());

  private static Admission admission() {
    List<String> problems = new ArrayList<>();
    Policies policies =
        Policies.read(JsonMapper.shared().readTree(POLICIES), new Seal(new byte[32]), problems);
    assertThat(problems).isEmpty();
    return Admission.by(ExplainTest::identity, policies);
  }

  private static Identity identity(String token) {
    if (token.startsWith("bad")) {
      throw new OrderwireException(ErrorCode.NOT_AUTHENTICATED, "the token is not valid");
    }
    List<String> parts = List.of(token.split("/", -1));
    return new Identity(
        parts.getFirst(),
        Map.of(
            "sub", JsonMapper.shared().valueToTree(parts.getFirst()),
            "list", JsonMapper.shared().valueToTree(List.of(parts.getFirst(), "Cleo"))),
        List.of(parts.get(1).split("\\+", -1)),
        null,
        null);
  }

  @AfterEach
  void close() {
    gateway.close();
  }

  private void order(long id, String customer, String status) {
    sql("INSERT INTO orders VALUES (%d, '%s', '%s')".formatted(id, customer, status));
  }

  private void sql(String statement) {
    gateway.database.execute(statement);
    gateway.awaitAll();
  }

  private HttpResponse<String> get(String token, @Nullable String other, String... query) {
    return get(gateway.uri("http", PATH, query), token, other);
  }

  private static HttpResponse<String> get(URI uri, String token, @Nullable String other) {
    try {
      HttpRequest.Builder request =
          HttpRequest.newBuilder(uri).header("Authorization", "Bearer " + token);
      if (other != null) {
        request.header("Orderwire-For", other);
      }
      return HTTP.send(request.build(), BodyHandlers.ofString());
    } catch (IOException e) {
      throw new IllegalStateException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private JsonNode explain(String token, String... query) {
    return json(get(token, null, query));
  }

  private static JsonNode json(HttpResponse<String> answer) {
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return JsonMapper.shared().readTree(answer.body());
  }

  /** Asks until the answer is as expected: the tail reads what is committed a little later. */
  private JsonNode explainUntil(Predicate<JsonNode> expected, String token, String... query) {
    JsonNode[] last = new JsonNode[1];
    Await.until(
        "an expected explanation",
        () -> {
          last[0] = explain(token, query);
          return expected.test(last[0]);
        });
    return last[0];
  }

  private static void assertError(HttpResponse<String> answer, int status, String code) {
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
    assertThat(JsonMapper.shared().readTree(answer.body()).at("/error/code").asString())
        .isEqualTo(code);
  }

  private static String key(long id) {
    return "{\"id\":%d}".formatted(id);
  }

  private static JsonNode step(JsonNode answer, String name) {
    return answer
        .path("steps")
        .valueStream()
        .filter(step -> step.path("step").asString().equals(name))
        .findFirst()
        .orElseThrow(() -> new AssertionError(name + " is no step of " + answer));
  }

  private static void assertStep(JsonNode answer, String name, String outcome, String... words) {
    assertThat(step(answer, name).path("outcome").asString()).as("%s", answer).isEqualTo(outcome);
    for (String word : words) {
      assertThat(step(answer, name).path("sentence").asString()).contains(word);
    }
  }

  private static void assertStoppedBy(JsonNode answer, String name, String... words) {
    assertThat(answer.path("stop").asString("")).as("%s", answer).isEqualTo(name);
    assertStep(answer, name, "stops", words);
  }

  @Test
  void aVisibleRowPassesEveryStepAndIsSentToTheSubscriptionsOfTheIdentity() {
    try (WsClient ann = WsClient.connect(gateway.ws("token", "Ann/shopper"));
        WsClient _ = WsClient.connect(gateway.ws("token", "Bob/shopper"));
        WsClient other = WsClient.connect(gateway.ws("token", "Ann/customer"));
        WsClient narrowed =
            WsClient.connect(
                gateway.ws("token", "Ann/shopper", "where", "{\"status\":\"paid\"}"))) {
      String view = ann.await("subscribed").path("view").asString();
      String narrow = narrowed.await("subscribed").path("view").asString();
      other.await("subscribed");
      order(42, "Ann", "new");
      ann.nextChange();
      other.nextChange();

      JsonNode answer =
          explainUntil(
              found ->
                  found
                      .path("subscriptions")
                      .valueStream()
                      .noneMatch(each -> each.path("place").asString().equals("behind")),
              "Ann/shopper",
              "key",
              key(42));

      assertThat(answer.path("visible").asBoolean()).isTrue();
      assertThat(answer.path("stop").isNull()).as("%s", answer).isTrue();
      assertThat(answer.path("identity").asString()).isEqualTo("Ann");
      assertThat(answer.path("role").asString()).isEqualTo("shopper");
      assertThat(answer.path("key")).hasToString(key(42));
      for (String name :
          List.of("watched", "triggers", "logged", "read", "row", "policy", "change", "sent")) {
        assertStep(answer, name, "passes");
      }
      assertStep(answer, "policy", "passes", "\"shopper\"", "customer is \"Ann\"");
      JsonNode change = answer.at("/changes/0");
      assertThat(change.path("id").asLong()).isEqualTo(gateway.ids().getLast());
      assertThat(change.path("op").asString()).isEqualTo("insert");
      assertThat(change.path("progress").asString()).isEqualTo("read");
      assertThat(change.path("at").asString()).endsWith("Z");
      assertThat(answer.path("searched").path("all").asBoolean()).isTrue();
      List<String> subscriptions =
          answer
              .path("subscriptions")
              .valueStream()
              .map(each ->
                  "%s %s %s %d %s"
                      .formatted(
                          each.path("view").asString(),
                          each.path("role").asString(),
                          each.path("place").asString(),
                          each.path("count").asInt(),
                          each.path("op").asString("-")))
              .toList();
      assertThat(subscriptions)
          .as("Bob's is not counted")
          .containsExactlyInAnyOrder(
              view + " shopper passed 1 insert",
              narrow + " shopper passed 1 -",
              view + " customer other_rights 1 -");
    }
  }

  @Test
  void whatThePolicyHidesIsNamedAndNothingOfTheRow() {
    order(42, "Bob", "secret1");

    JsonNode hidden = explain("Ann/shopper", "key", key(42));

    assertThat(hidden.path("visible").asBoolean()).isFalse();
    assertStoppedBy(hidden, "policy", "\"shopper\"", "customer is \"Ann\"");
    assertStep(hidden, "change", "stops", "before the change and after it");
    assertThat(hidden.toString()).doesNotContain("Bob", "secret1");
  }

  @Test
  void whereIsNoOracleOnRowsThatThePolicyHides() {
    order(42, "Bob", "secret1");

    JsonNode right = explain("Ann/shopper", "key", key(42), "where", "{\"status\":\"secret1\"}");
    JsonNode wrong = explain("Ann/shopper", "key", key(42), "where", "{\"status\":\"guess\"}");

    assertThat(right).as("the same, whether the guess is right or wrong").isEqualTo(wrong);
    assertStep(right, "where", "unknown", "not tested");
  }

  @Test
  void aRoleWithoutTheRightLearnsNothing() {
    order(1, "Ann", "new");
    order(42, "Bob", "new");
    List<HttpResponse<String>> answers =
        List.of(
            get("Ann/customer", null, "key", key(1)),
            get("Ann/customer", null, "key", key(42)),
            get("Ann/customer", null, "key", key(999)),
            get("Ann/customer", null, "key", "{\"id\":\"no number\"}"),
            get("Ann/customer", null, "key", "{"),
            get("Ann/customer", null, "key", key(42), "where", "{\"nothing\":1}"),
            get("Ann/customer", "Bob/shopper", "key", key(42)),
            get("Ann/customer", "bad", "key", key(42)),
            get("Ann/customer", null));
    for (HttpResponse<String> answer : answers) {
      assertError(answer, 403, "not_allowed");
      assertThat(answer.body()).isEqualTo(answers.getFirst().body());
    }
    assertError(get("Ann/packer", null, "key", key(42)), 404, "unknown_table");
    assertThat(get("Ann/packer", null, "key", key(42)).body())
        .as("a table that the role may not know")
        .doesNotContain("[orders");
    assertError(get("bad", null, "key", key(42)), 401, "not_authenticated");
  }

  @Test
  void theRightDependsOnTheRoleInWhichTheClientAsks() {
    order(1, "Ann", "new");
    assertError(get("Ann/customer+shopper", null, "key", key(1)), 400, "role_needed");
    assertError(
        get("Ann/customer+shopper", null, "key", key(1), "role", "customer"), 403, "not_allowed");
    assertThat(
            explain("Ann/customer+shopper", "key", key(1), "role", "shopper")
                .path("visible")
                .asBoolean())
        .isTrue();
  }

  @Test
  void hiddenColumnsAreNamedNowhere() {
    order(42, "Bob", "secret1");
    order(43, "Ann", "secret1");
    for (long id : List.of(42L, 43L)) {
      JsonNode answer = explain("Ann/narrow", "key", key(id));
      assertThat(step(answer, "policy").path("outcome").asString())
          .isEqualTo(id == 43 ? "passes" : "stops");
      assertThat(answer.toString()).doesNotContain("customer", "Bob", "secret1");
    }
    assertError(
        get("Ann/narrow", null, "key", key(43), "where", "{\"customer\":\"Ann\"}"),
        400,
        "unknown_column");
  }

  @Test
  void conditionsAreInWordsWithTheClaimsFilled() {
    order(42, "Bob", "new");
    assertStoppedBy(
        explain("Ann/many", "key", key(42)),
        "policy",
        "(customer is one of (\"Ann\", \"Cleo\") or id >= 1000)");
    assertStoppedBy(explain("Ann/lost", "key", key(42)), "policy", "lacks a claim");
  }

  @Test
  void aConditionOfTheClientThatHidesTheRowIsNamed() {
    order(42, "Ann", "new");

    JsonNode hidden = explain("Ann/shopper", "key", key(42), "where", "{\"status\":\"paid\"}");
    assertThat(hidden.path("visible").asBoolean()).isFalse();
    assertStoppedBy(hidden, "where", "status is \"paid\"");
    assertStep(hidden, "policy", "passes");
    assertStep(hidden, "change", "stops", "where shows the row neither");

    JsonNode shown = explain("Ann/shopper", "key", key(42), "where", "{\"status\":\"new\"}");
    assertThat(shown.path("visible").asBoolean()).isTrue();
    assertStep(shown, "where", "passes");
  }

  @Test
  void aChangeOfHiddenColumnsAloneIsNotSent() {
    order(42, "Ann", "new");
    sql("UPDATE orders SET status = 'paid' WHERE id = 42");

    JsonNode answer = explain("Ann/ids", "key", key(42));

    assertThat(answer.path("visible").asBoolean()).isTrue();
    assertStoppedBy(answer, "change", "only what the client does not see");
    assertThat(answer.path("changes").valueStream().map(each -> each.path("op").asString()))
        .containsExactly("update", "insert");
    assertThat(answer.toString()).doesNotContain("status", "paid");
  }

  @Test
  void aRowThatLeavesTheViewIsADeleteWithTheKeyAlone() {
    order(42, "Ann", "new");
    sql("UPDATE orders SET customer = 'Bob' WHERE id = 42");

    JsonNode answer = explain("Ann/shopper", "key", key(42));

    assertStoppedBy(answer, "policy");
    assertStep(answer, "change", "passes", "a delete with the key alone");
    assertThat(answer.toString()).doesNotContain("Bob");
  }

  @Test
  void aDeletedRowIsNotThere() {
    order(42, "Ann", "new");
    sql("DELETE FROM orders WHERE id = 42");
    long id = gateway.ids().getLast();
    assertStoppedBy(
        explain("Ann/shopper", "key", key(42)), "row", "change %d deleted it".formatted(id));
  }

  @Test
  void aMissingTriggerIsFoundAndWhatItDidNotLog() {
    order(42, "Ann", "new");
    gateway.database.execute(
        "DROP TRIGGER orderwire_orders_update", "UPDATE orders SET status = 'paid' WHERE id = 42");

    JsonNode answer = explain("Ann/shopper", "key", key(42));

    assertStoppedBy(answer, "triggers", "orderwire doctor");
    assertStep(answer, "logged", "stops", "unlogged");
    assertThat(answer.path("visible").asBoolean()).as("to a snapshot").isTrue();
    assertThat(answer.toString()).doesNotContain("paid");
  }

  @Test
  void anOpenTransactionIsFoundAndThenItsGap() throws SQLException {
    try (Connection writer = gateway.database.connect();
        Statement statement = writer.createStatement()) {
      writer.setAutoCommit(false);
      statement.execute("INSERT INTO orders VALUES (42, 'Ann', 'new')");

      JsonNode open = explain("Ann/shopper", "key", key(42));
      assertThat(open.path("visible").asBoolean()).isFalse();
      assertStoppedBy(open, "logged", "is open");
      assertThat(open.at("/changes/0/progress").asString()).isEqualTo("uncommitted");
      assertThat(step(open, "logged").path("sentence").asString()).doesNotContain("gap");

      order(43, "Ann", "new");
      assertStoppedBy(explain("Ann/shopper", "key", key(42)), "logged", "is open", "gap");

      writer.commit();
      JsonNode committed =
          explainUntil(
              found -> found.at("/changes/0/progress").asString().equals("read"),
              "Ann/shopper",
              "key",
              key(42));
      assertThat(committed.path("visible").asBoolean()).isTrue();
      assertThat(committed.path("stop").isNull()).isTrue();
    }
  }

  @Test
  void aTableThatIsHeldBackStopsItsRows() {
    gateway.holdMarked();
    order(42, "Ann", "new");
    gateway.mark();
    gateway.awaitAll();

    assertStoppedBy(explain("Ann/shopper", "key", key(42)), "read", "holds back");
  }

  @Test
  void anUnknownKeyHasNoRowAndABadOneIsAnError() {
    order(42, "Ann", "new");
    JsonNode unknown = explain("Ann/shopper", "key", key(999));
    assertThat(unknown.path("visible").asBoolean()).isFalse();
    assertStoppedBy(unknown, "row", "does not have a row with this key");
    assertStep(unknown, "logged", "unknown", "no change of this row");
    assertThat(unknown.path("changes").isEmpty()).isTrue();

    for (String bad :
        List.of(
            "{\"id\":\"x\"}",
            "{}",
            "{\"id\":1,\"status\":\"new\"}",
            "{\"id\":{\"gt\":1}}",
            "{\"id\":null}",
            "{\"id\":1e999999999}",
            "{\"status\":\"new\"}",
            "42")) {
      HttpResponse<String> answer = get("Ann/shopper", null, "key", bad);
      assertError(answer, 400, "bad_key");
      assertThat(answer.body()).contains("id");
    }
    assertError(get("Ann/shopper", null, "key", "{"), 400, "bad_json");
    assertError(get("Ann/shopper", null), 400, "bad_parameter");
    assertError(get("Ann/shopper", null, "key", key(1), "limit", "1"), 400, "bad_parameter");
    assertError(
        get(gateway.uri("http", "/api/tables/order/explain", "key", key(1)), "Ann/shopper", null),
        404,
        "unknown_table");
  }

  @Test
  void aKeyIsFoundHoweverItIsWritten() {
    gateway.database.execute(
        "INSERT INTO `line item/+%` VALUES (1, 2, 'note')",
        "INSERT INTO `line item/+%` VALUES (2, 1, 'note')");
    gateway.awaitAll();
    for (String each :
        List.of(
            "{\"order\":1,\"line\":2}",
            "{\"line\":2.0,\"order\":1}",
            "{\"line\":2e0,\"order\":0.1e1}")) {
      JsonNode answer =
          json(
              get(
                  gateway.uri("http", "/api/tables/line%20item%2F%2B%25/explain", "key", each),
                  "Pat/packer",
                  null));
      assertThat(answer.path("visible").asBoolean()).as(each).isTrue();
      assertThat(answer.path("changes").size()).isOne();
    }
  }

  @Test
  void aCoveredKeyIsExplainedWithoutTheKeyBehindIt() {
    int id = 918_273_645; // no time or opaque key holds these digits by chance
    order(id, "Ann", "new");
    for (String role : List.of("covered", "masked")) {
      String token = "Ann/" + role;
      JsonNode rows =
          json(get(gateway.uri("http", "/api/tables/orders/rows"), token, null)).path("rows");
      String cover = rows.at("/0/_key").asString();

      JsonNode answer = explain(token, "key", "{\"_key\":\"%s\"}".formatted(cover));
      assertThat(answer.path("visible").asBoolean()).isTrue();
      assertThat(answer.path("changes").size()).isOne();
      assertThat(answer.toString()).doesNotContain(String.valueOf(id)).contains(cover);

      JsonNode unknown = explain(token, "key", "{\"_key\":\"AAAAAAAAAAAAAAAAAAAAAA\"}");
      assertThat(unknown.path("visible").isNull()).isTrue();
      assertStep(unknown, "row", "unknown", "not looked up");

      assertError(get(token, null, "key", key(id)), 400, "bad_key");
    }
  }

  @Test
  void withItsTokenAnotherIdentityIsExplained() {
    order(42, "Bob", "new");
    order(43, "Ann", "new");

    JsonNode hidden = json(get("Eve/auditor", "Ann/customer", "key", key(42)));
    assertStoppedBy(hidden, "policy", "\"customer\"", "customer is \"Ann\"");
    assertThat(hidden.path("identity").asString()).isEqualTo("Ann");
    assertThat(json(get("Eve/auditor", "Ann/customer", "key", key(43))).path("visible").asBoolean())
        .isTrue();
    assertThat(
            json(get("Eve/auditor", "Ann/customer+ids", "key", key(42), "forRole", "ids"))
                .path("visible")
                .asBoolean())
        .isTrue();
    assertStoppedBy(json(get("Eve/auditor", "Pat/packer", "key", key(42))), "policy", "\"packer\"");

    assertError(get("Eve/auditor", "bad", "key", key(42)), 400, "bad_parameter");
    assertError(get("Eve/auditor", "Ann/customer+ids", "key", key(42)), 400, "bad_parameter");
    assertError(get("Eve/auditor", null, "key", key(42), "forRole", "ids"), 400, "bad_parameter");
    assertError(get("Ann/customer", "Eve/auditor", "key", key(42)), 403, "not_allowed");
  }

  @Test
  void aSubscriptionThatHasNotComeToTheChangeIsNamed() {
    try (WsClient paced = WsClient.connect(gateway.ws("token", "Ann/shopper", "conflate", "60s"))) {
      paced.await("subscribed");
      // The pace begins with the subscription.
      order(42, "Ann", "new");

      JsonNode answer = explain("Ann/shopper", "key", key(42));

      assertStoppedBy(answer, "sent", "has not come to change " + gateway.ids().getLast());
      assertThat(answer.at("/subscriptions/0/place").asString()).isEqualTo("behind");
    }
  }

  @Test
  void onlySoManyExplanationsAreMadeAtOnce() throws SQLException {
    try (OrdersGateway busy = new OrdersGateway(10, Map.of(Limit.EXPLANATIONS, 1L), admission());
        Connection locker = busy.database.connect();
        Statement statement = locker.createStatement()) {
      statement.execute("LOCK TABLES orders WRITE");
      CompletableFuture<HttpResponse<String>> one = ask(busy);
      CompletableFuture<HttpResponse<String>> other = ask(busy);
      CompletableFuture.anyOf(one, other).join();
      boolean firstIsRefused = one.isDone();
      HttpResponse<String> refused = (firstIsRefused ? one : other).join();
      statement.execute("UNLOCK TABLES");

      assertError(refused, 429, "over_limit");
      assertThat(refused.headers().firstValue("retry-after")).isPresent();
      assertThat((firstIsRefused ? other : one).join().statusCode()).isEqualTo(200);
    }
  }

  private static CompletableFuture<HttpResponse<String>> ask(OrdersGateway busy) {
    URI uri = busy.uri("http", PATH, "key", key(42));
    return HTTP.sendAsync(
        HttpRequest.newBuilder(uri).header("Authorization", "Bearer Ann/shopper").build(),
        BodyHandlers.ofString());
  }

  @Test
  void withoutAuthenticationEverybodyMayAsk() {
    try (OrdersGateway open = new OrdersGateway(10, Map.of());
        WsClient client = WsClient.connect(open.ws())) {
      client.await("subscribed");
      open.database.execute("INSERT INTO orders VALUES (42, 'Ann', 'new')");
      open.awaitAll();
      client.nextChange();
      JsonNode answer = json(get(open.uri("http", PATH, "key", key(42)), "any", null));
      assertThat(answer.path("visible").asBoolean()).isTrue();
      assertThat(answer.path("identity").isNull()).isTrue();
      assertStep(answer, "policy", "passes", "no authentication");
      assertThat(answer.at("/subscriptions/0/count").asInt()).isOne();
      assertError(
          get(open.uri("http", PATH, "key", key(42)), "any", "Ann/shopper"), 400, "bad_parameter");
    }
  }
}
