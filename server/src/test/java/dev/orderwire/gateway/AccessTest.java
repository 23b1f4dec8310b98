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
import dev.orderwire.testing.SseClient;
import dev.orderwire.testing.WsClient;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What a client sees by every path. The customers own the orders with their name; a token of these
 * tests is {@code NAME}, {@code NAME/ROLES} or {@code NAME/ROLES/VERSION}.
 */
@ExtendWith(FailOnLeak.class)
class AccessTest {
  private static final HttpClient HTTP = HttpClient.newHttpClient();

  private static final String POLICIES =
      """
      {"orders": {
        "customer": {"rows": {"customer": "${claims.sub}"}, "columns": ["id", "customer", "status"]},
        "staff": {"rows": "all", "mask": {"customer": "hash"}, "actor": true},
        "audit": {"rows": "all", "columns": ["status"]}}}\
      """;

  private final Map<String, Instant> expiries = new ConcurrentHashMap<>();
  private final OrdersGateway gateway = gateway(Map.of());

  private OrdersGateway gateway(Map<Limit, Long> limits) {
    List<String> problems = new ArrayList<>();
    Policies policies =
        Policies.read(JsonMapper.shared().readTree(POLICIES), new Seal(new byte[32]), problems);
    assertThat(problems).isEmpty();
    return new OrdersGateway(10, limits, Admission.by(this::identity, policies));
  }

  private Identity identity(String token) {
    if (token.startsWith("bad")) {
      throw new OrderwireException(ErrorCode.NOT_AUTHENTICATED, "the token is not valid");
    }
    List<String> parts = List.of(token.split("/", -1));
    List<String> roles =
        parts.size() == 1
            ? List.of("customer")
            : parts.get(1).isEmpty() ? List.of() : List.of(parts.get(1).split("\\+", -1));
    String sub = parts.getFirst();
    return new Identity(
        sub.split("-", -1)[0],
        Map.of("sub", JsonMapper.shared().valueToTree(sub.replace("-", ""))),
        roles,
        expiries.get(token),
        null);
  }

  @AfterEach
  void close() {
    gateway.close();
  }

  private void order(String customer, String status) {
    gateway.database.execute(
        "INSERT INTO orders (customer, status) VALUES ('%s', '%s')".formatted(customer, status));
    gateway.awaitAll();
  }

  private void sql(String statement) {
    gateway.database.execute(statement);
    gateway.awaitAll();
  }

  private HttpResponse<String> get(@Nullable String token, String path, String... query) {
    return get(token, gateway.uri("http", path, query));
  }

  private static HttpResponse<String> get(@Nullable String token, URI uri) {
    try {
      HttpRequest.Builder request = HttpRequest.newBuilder(uri);
      if (token != null) {
        request.header("Authorization", "Bearer " + token);
      }
      return HTTP.send(request.build(), BodyHandlers.ofString());
    } catch (IOException e) {
      throw new IllegalStateException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private JsonNode json(String token, String path, String... query) {
    HttpResponse<String> answer = get(token, path, query);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return JsonMapper.shared().readTree(answer.body());
  }

  private static String code(HttpResponse<String> answer) {
    return JsonMapper.shared().readTree(answer.body()).at("/error/code").asString();
  }

  @Test
  void withoutACredentialNothingIsShown() {
    order("Ann", "new");
    for (String path :
        List.of(
            "/api/tables", "/api/tables/orders/rows", "/api/tables/orders/changes", "/events")) {
      for (String token : new String[] {null, "bad"}) {
        HttpResponse<String> answer = get(token, path);
        assertThat(answer.statusCode()).as(path).isEqualTo(401);
        assertThat(answer.headers().firstValue("www-authenticate")).contains("Bearer");
        assertThat(answer.body()).doesNotContain("Ann", "customer");
      }
    }
    assertThat(code(get("Ann", "/api/tables", "token", "Bob")))
        .as("two tokens")
        .isEqualTo("not_authenticated");
    assertThat(get(null, "/health/live").statusCode()).isEqualTo(200);
    assertThat(get(null, "/client").statusCode()).isEqualTo(200);
  }

  @Test
  void aCustomerSeesItsOwnOrdersByEveryPath() {
    order("Bob", "secret");
    String since = json("Ann", "/api/tables/orders/rows").get("position").asString();
    order("Ann", "new");
    try (WsClient live = WsClient.connect(gateway.ws("token", "Ann", "snapshot", "true"));
        WsClient resumed = WsClient.connect(gateway.ws("token", "Ann", "since", since));
        SseClient events = SseClient.connect(gateway.uri("http", "/events", "token", "Ann"))) {
      JsonNode subscribed = live.await("subscribed");
      assertThat(subscribed.get("columns")).hasSize(3);
      JsonNode rows = live.await("snapshot").get("rows");
      assertThat(rows).hasSize(1);
      assertThat(rows.get(0).get("customer").asString()).isEqualTo("Ann");
      assertThat(resumed.nextChange().at("/row/customer").asString()).isEqualTo("Ann");
      order("Bob", "secret");
      order("Ann", "paid");
      assertThat(live.nextChange().at("/row/status").asString()).isEqualTo("paid");
      assertThat(resumed.nextChange().at("/row/status").asString()).isEqualTo("paid");
      assertThat(events.await("changes").data().toString()).contains("Ann").doesNotContain("Bob");
    }
    assertThat(json("Ann", "/api/tables/orders/rows").get("rows")).hasSize(2);
    assertThat(json("Ann", "/api/tables/orders/changes", "since", since).toString())
        .contains("paid")
        .doesNotContain("Bob", "secret", "actor");
  }

  @Test
  void aRowThatMovesToAnotherCustomerIsADeleteWithItsKeyAloneAndAnInsert() {
    order("Ann", "new");
    String ann = json("Ann", "/api/tables/orders/rows").get("position").asString();
    try (WsClient from = WsClient.connect(gateway.ws("token", "Ann"));
        WsClient to = WsClient.connect(gateway.ws("token", "Bob"));
        WsClient other = WsClient.connect(gateway.ws("token", "Eve"));
        WsClient paced = WsClient.connect(gateway.ws("token", "Ann", "conflate", "50ms"))) {
      List.of(from, to, other, paced).forEach(client -> client.await("subscribed"));
      sql("UPDATE orders SET customer = 'Bob', status = 'secret'");
      for (WsClient before : List.of(from, paced)) {
        JsonNode gone = before.nextChange();
        assertThat(gone.get("op").asString()).isEqualTo("delete");
        assertThat(gone.get("key").toString()).isEqualTo("{\"id\":1}");
        assertThat(gone.get("row").isNull()).isTrue();
        assertThat(gone.get("old").isNull()).isTrue();
      }
      JsonNode come = to.nextChange();
      assertThat(come.get("op").asString()).isEqualTo("insert");
      assertThat(come.get("old").isNull()).isTrue();
      order("Eve", "new");
      assertThat(other.nextChange().at("/row/customer").asString()).isEqualTo("Eve");
    }
    assertThat(json("Ann", "/api/tables/orders/changes", "since", ann).toString())
        .contains("delete")
        .doesNotContain("Bob", "secret");
  }

  @Test
  void whatMayNotBeSeenIsUnknown() {
    order("Ann", "new");
    assertThat(json("Ann", "/api/tables").toString())
        .contains("status")
        .doesNotContain("line item");
    assertThat(code(get("Ann", "/api/tables/line%20item%2F%2B%25/rows")))
        .isEqualTo("unknown_table");
    HttpResponse<String> hidden =
        get("x/audit", "/api/tables/orders/rows", "where", "{\"customer\":\"Ann\"}");
    assertThat(code(hidden)).isEqualTo("unknown_column");
    assertThat(hidden.body()).doesNotContain("\\\"id\\\"");
    assertThat(code(get("x/audit", "/api/tables/orders/rows", "columns", "customer")))
        .isEqualTo("unknown_column");
    assertThat(code(get("x/staff", "/api/tables/orders/rows", "where", "{\"customer\":\"Ann\"}")))
        .isEqualTo("masked_column");
    assertThat(code(get("x/", "/api/tables/orders/rows"))).isEqualTo("not_allowed");
    assertThat(code(get("x/nobody", "/api/tables/orders/rows"))).isEqualTo("unknown_table");
  }

  @Test
  void masksHoldByEveryPath() {
    order("Ann", "new");
    String since = json("x/staff", "/api/tables/orders/rows").get("position").asString();
    try (WsClient live = WsClient.connect(gateway.ws("token", "x/staff", "snapshot", "true"))) {
      assertThat(live.await("snapshot").toString()).doesNotContain("Ann");
      sql("UPDATE orders SET customer = 'Bob'");
      JsonNode change = live.nextChange();
      assertThat(change.toString()).doesNotContain("Ann", "Bob");
      assertThat(change.at("/old/customer").asString())
          .hasSize(22)
          .isNotEqualTo(change.at("/row/customer").asString());
      assertThat(change.has("actor")).isTrue();
    }
    assertThat(json("x/staff", "/api/tables/orders/rows").toString()).doesNotContain("Bob");
    assertThat(json("x/staff", "/api/tables/orders/changes", "since", since).toString())
        .contains("update")
        .doesNotContain("Ann", "Bob");
  }

  @Test
  void aCoveredKeyIsStableAndRowsArePaged() {
    for (int i = 0; i < 5; i++) {
      order("Ann", "s" + i);
    }
    List<String> keys = new ArrayList<>();
    JsonNode page = json("x/audit", "/api/tables/orders/rows", "limit", "2");
    while (true) {
      page.get("rows").forEach(row -> keys.add(row.get("_key").asString()));
      if (!page.get("more").booleanValue()) {
        break;
      }
      page =
          json(
              "x/audit",
              "/api/tables/orders/rows",
              "limit",
              "2",
              "after",
              page.get("after").toString());
    }
    assertThat(keys).hasSize(5).doesNotHaveDuplicates();
    assertThat(
            code(
                get(
                    "x/audit",
                    "/api/tables/orders/rows",
                    "after",
                    "{\"_key\":\"" + keys.getFirst() + "\"}")))
        .isEqualTo("bad_key");
    try (WsClient live = WsClient.connect(gateway.ws("token", "x/audit"))) {
      assertThat(live.await("subscribed").get("key").toString()).isEqualTo("[\"_key\"]");
      sql("UPDATE orders SET status = 'paid' WHERE id = 3");
      assertThat(live.nextChange().at("/key/_key").asString()).isEqualTo(keys.get(2));
    }
  }

  @Test
  void aPositionOfOtherRightsIsAReset() {
    order("Ann", "new");
    order("Bob", "new");
    String anns = json("Ann", "/api/tables/orders/rows").get("position").asString();
    String bare = anns.substring(0, anns.indexOf('@'));
    order("Bob", "paid");
    for (String position : List.of(anns, bare, bare + "@", bare + "@x")) {
      try (WsClient bob = WsClient.connect(gateway.ws("token", "Bob", "since", position))) {
        bob.await("subscribed");
        JsonNode reset = bob.next();
        assertThat(reset.get("type").asString()).isEqualTo("reset");
        assertThat(reset.get("reason").asString()).isEqualTo("policy");
        assertThat(bob.await("snapshot").get("rows")).hasSize(2);
      }
      assertThat(code(get("Bob", "/api/tables/orders/changes", "since", position)))
          .isEqualTo("unknown_position");
    }
  }

  @Test
  void aRoleIsNamedWhereThereAreSeveral() {
    order("Ann", "new");
    assertThat(code(get("Ann/customer+staff", "/api/tables/orders/rows"))).isEqualTo("role_needed");
    assertThat(
            json("Ann/customer+staff", "/api/tables/orders/rows", "role", "customer")
                .at("/rows/0/customer")
                .asString())
        .isEqualTo("Ann");
    assertThat(code(get("Ann/customer", "/api/tables/orders/rows", "role", "staff")))
        .isEqualTo("not_allowed");
    try (WsClient client =
        WsClient.connect(
            gateway.ws("token", "Ann/customer+staff", "role", "staff", "snapshot", "true"))) {
      assertThat(client.await("snapshot").at("/rows/0/customer").asString()).hasSize(22);
    }
  }

  @Test
  void aWebSocketSaysWhoItIsByItsSubprotocolOrByAMessage() {
    order("Ann", "new");
    try (WsClient browser =
            WsClient.connect(gateway.ws("snapshot", "true"), "orderwire.token.Ann");
        WsClient plain = WsClient.connect(gateway.ws("snapshot", "true"));
        WsClient explicit = WsClient.connect(gateway.ws(), "orderwire.v1")) {
      assertThat(browser.await("snapshot").get("rows")).hasSize(1);
      plain.send("{\"type\":\"auth\",\"token\":\"Ann\"}");
      assertThat(plain.await("snapshot").get("rows")).hasSize(1);
      explicit.await("welcome");
      explicit.send("{\"type\":\"subscribe\",\"ref\":\"early\"}");
      assertThat(explicit.await("error").get("code").asString()).isEqualTo("not_authenticated");
      explicit.send("{\"type\":\"auth\",\"ref\":\"a\",\"token\":\"Ann\"}");
      explicit.send("{\"type\":\"subscribe\",\"ref\":\"b\",\"snapshot\":true}");
      assertThat(explicit.next().get("ref").asString()).isEqualTo("a");
      assertThat(explicit.await("snapshot").get("rows")).hasSize(1);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"?token=bad", ""})
  void aWebSocketWithABadTokenIsToldWhyAndClosed(String query) {
    try (WsClient client = WsClient.connect(URI.create(gateway.ws() + query), "orderwire.v1")) {
      client.await("welcome");
      if (query.isEmpty()) {
        client.send("{\"type\":\"auth\",\"token\":\"bad\"}");
      }
      assertThat(client.await("error").get("code").asString()).isEqualTo("not_authenticated");
      assertThat(client.closeCode()).isEqualTo(4401);
    }
  }

  @Test
  void aWebSocketThatDoesNotSayWhoItIsIsClosed() {
    try (OrdersGateway hasty = gateway(Map.of(Limit.AUTH_SECONDS, 1L));
        WsClient silent = WsClient.connect(hasty.ws());
        WsClient known = WsClient.connect(hasty.ws("token", "Ann"))) {
      assertThat(silent.closeCode()).isEqualTo(4401);
      known.await("subscribed");
      hasty.insert(1);
      hasty.database.execute("INSERT INTO orders (customer) VALUES ('Ann')");
      assertThat(known.nextChange().at("/row/customer").asString()).isEqualTo("Ann");
    }
  }

  @Test
  void aConnectionEndsWithItsTokenUnlessItIsRenewed() {
    expiries.put("Ann/customer/1", Instant.now().plusSeconds(3));
    expiries.put("Ann/customer/2", Instant.now().plusSeconds(3_600));
    try (WsClient ends = WsClient.connect(gateway.ws("token", "Ann/customer/1"));
        WsClient stays = WsClient.connect(gateway.ws("token", "Ann/customer/1"));
        SseClient events =
            SseClient.connect(gateway.uri("http", "/events", "token", "Ann/customer/1"))) {
      assertThat(ends.await("expiring").get("seconds").intValue()).isBetween(1, 3);
      events.await("expiring");
      stays.await("subscribed");
      stays.send("{\"type\":\"auth\",\"ref\":\"r\",\"token\":\"Ann/customer/2\"}");
      JsonNode renewed = stays.await("authenticated");
      assertThat(renewed.get("expiresInSeconds").intValue()).isBetween(3_500, 3_600);
      stays.send("{\"type\":\"auth\",\"token\":\"Bob\"}");
      assertThat(stays.await("error").get("code").asString()).isEqualTo("not_allowed");
      stays.send("{\"type\":\"auth\",\"token\":\"bad\"}");
      assertThat(stays.await("error").get("code").asString()).isEqualTo("not_authenticated");
      assertThat(ends.closeCode()).isEqualTo(4401);
      events.awaitEnd();
      order("Ann", "new");
      assertThat(stays.nextChange().at("/row/status").asString()).isEqualTo("new");
    }
  }

  /** The claims of a token may change: then its views are those of the new claims. */
  @Test
  void aRenewedTokenThatSeesOtherRowsMovesItsViews() {
    order("AnnA", "a");
    order("AnnB", "b");
    try (WsClient client = WsClient.connect(gateway.ws("token", "Ann-A", "snapshot", "true"))) {
      String view = client.await("subscribed").get("view").asString();
      assertThat(client.await("snapshot").at("/rows/0/status").asString()).isEqualTo("a");
      // A view that is not live yet would get a snapshot.
      sql("UPDATE orders SET status = 'live' WHERE customer = 'AnnA'");
      assertThat(client.nextChange().at("/row/status").asString()).isEqualTo("live");
      client.send("{\"type\":\"auth\",\"token\":\"Ann-B\"}");
      JsonNode moved = client.await("changes");
      assertThat(moved.get("view").asString()).isEqualTo(view);
      assertThat(moved.get("changes")).hasSize(2);
      JsonNode lost = moved.at("/changes/0");
      assertThat(lost.get("op").asString()).isEqualTo("delete");
      assertThat(lost.get("id").isNull() && lost.get("old").isNull()).isTrue();
      assertThat(moved.at("/changes/1/row/status").asString()).isEqualTo("b");
      order("AnnA", "hidden");
      order("AnnB", "shown");
      assertThat(client.nextChange().at("/row/status").asString()).isEqualTo("shown");
      client.send("{\"type\":\"auth\",\"token\":\"Ann-B/nobody\"}");
      assertThat(client.closeCode()).isEqualTo(4403);
    }
    Await.until("it is gone", () -> gateway.traffic.subscriptions.get() == 0);
  }
}
