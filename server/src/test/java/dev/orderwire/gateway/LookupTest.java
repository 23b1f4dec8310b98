package dev.orderwire.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orderwire.auth.Admission;
import dev.orderwire.auth.Identity;
import dev.orderwire.auth.policy.Policies;
import dev.orderwire.auth.policy.Seal;
import dev.orderwire.change.ErrorCode;
import dev.orderwire.change.Position;
import dev.orderwire.gateway.protocol.Limit;
import dev.orderwire.testing.Await;
import dev.orderwire.testing.TestDatabase;
import dev.orderwire.testing.TestMysql;
import dev.orderwire.testing.WsClient;
import dev.orderwire.view.MarkedPosition;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.LongPredicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Clients whose rows depend on another table. A token of these tests is a staff member's name, or
 * {@code NAME/VERSION}; the version {@code numbered} is a role.
 */
@ExtendWith(FailOnLeak.class)
class LookupTest {
  private static final HttpClient HTTP = HttpClient.newHttpClient();

  private static final String LOOKUPS =
      """
      {"customers": {"table": "assigned", "select": "customer",
        "where": {"staff": "${claims.sub}"}, "max": 100},
       "numbered": {"table": "assigned", "select": "customer", "where": {"id": "${claims.sub}"}}}\
      """;

  private static final String POLICIES =
      """
      {"orders": {"staff": {"rows": {"customer": {"in": "${lookup.customers}"}}, "explain": true},
        "numbered": {"rows": {"customer": {"in": "${lookup.numbered}"}}}}}\
      """;

  private final OrdersGateway gateway = gateway(100, Map.of());

  private static OrdersGateway gateway(int feedChanges, Map<Limit, Long> limits) {
    TestDatabase database = TestMysql.database();
    database.execute(
        "CREATE TABLE assigned (id INT AUTO_INCREMENT PRIMARY KEY, staff VARCHAR(20) NOT NULL,"
            + " customer VARCHAR(100))");
    List<String> problems = new ArrayList<>();
    Policies policies =
        Policies.read(json(POLICIES), json(LOOKUPS), new Seal(new byte[32]), problems);
    assertThat(problems).isEmpty();
    return new OrdersGateway(
        database,
        List.of("assigned"),
        feedChanges,
        limits,
        audiences -> Admission.by(LookupTest::identity, policies, audiences));
  }

  private static Identity identity(String token) {
    String sub = token.split("/", -1)[0];
    // The version stands for the id of the token.
    return new Identity(
        "staff",
        Map.of("sub", JsonMapper.shared().valueToTree(sub)),
        List.of(token.endsWith("/numbered") ? "numbered" : "staff"),
        null,
        token);
  }

  private static JsonNode json(String text) {
    return JsonMapper.shared().readTree(text);
  }

  @AfterEach
  void close() {
    gateway.close();
  }

  private void sql(String... statements) {
    gateway.database.execute(statements);
    gateway.awaitAll();
  }

  private WsClient client(String token) {
    return WsClient.connect(gateway.ws("token", token, "snapshot", "true"));
  }

  private HttpResponse<String> get(String token, String path, String... query) {
    try {
      HttpRequest request =
          HttpRequest.newBuilder(gateway.uri("http", path, query))
              .header("Authorization", "Bearer " + token)
              .build();
      return HTTP.send(request, BodyHandlers.ofString());
    } catch (IOException e) {
      throw new IllegalStateException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private List<String> customers(String token) {
    return json(get(token, "/api/tables/orders/rows").body())
        .get("rows")
        .valueStream()
        .map(row -> row.get("customer").asString())
        .toList();
  }

  @Test
  void aChangeOfMembershipMovesRowsAsInsertsAndDeletes() {
    sql(
        "INSERT INTO orders (customer) VALUES ('Ann'), ('Bob'), ('Cleo')",
        "INSERT INTO assigned (staff, customer) VALUES ('sue', 'Ann'), ('tom', 'Cleo')");
    try (WsClient sue = client("sue");
        WsClient tom = client("tom")) {
      assertThat(sue.await("snapshot").get("rows")).hasSize(1);
      assertThat(tom.await("snapshot").get("rows")).hasSize(1);
      sql("INSERT INTO assigned (staff, customer) VALUES ('sue', 'Bob')");
      JsonNode gained = sue.await("changes");
      assertThat(gained.get("changes")).hasSize(1);
      JsonNode insert = gained.at("/changes/0");
      assertThat(insert.get("op").asString()).isEqualTo("insert");
      assertThat(insert.get("id").isNull()).isTrue();
      assertThat(insert.get("old").isNull()).isTrue();
      assertThat(insert.at("/row/customer").asString()).isEqualTo("Bob");
      sql("UPDATE orders SET status = 'paid'");
      assertThat(sue.await("changes").get("changes")).as("both orders").hasSize(2);
      sql("DELETE FROM assigned WHERE customer = 'Ann'");
      JsonNode lost = sue.await("changes");
      assertThat(lost.get("changes")).hasSize(1);
      assertThat(lost.at("/changes/0").toString())
          .contains("\"op\":\"delete\"", "\"key\":{\"id\":1}", "\"old\":null")
          .doesNotContain("Ann");
      sql("UPDATE orders SET status = 'sent'");
      assertThat(sue.await("changes").toString()).contains("Bob").doesNotContain("Ann", "Cleo");
      assertThat(tom.await("changes").toString()).contains("\"status\":\"paid\"");
      assertThat(tom.await("changes").toString()).contains("\"status\":\"sent\"");
    }
  }

  @Test
  void aTransactionThatMovesRowsAndChangesThemIsOneMoment() {
    sql(
        "INSERT INTO orders (customer, status) VALUES ('Ann', 'a'), ('Bob', 'b'), ('Bob', 'c')",
        "INSERT INTO assigned (staff, customer) VALUES ('sue', 'Ann')");
    try (WsClient sue = client("sue")) {
      sue.await("snapshot");
      gateway.database.execute(
          "START TRANSACTION",
          "UPDATE orders SET status = 'secret' WHERE id = 2",
          "UPDATE orders SET status = 'open' WHERE id = 2",
          "DELETE FROM orders WHERE id = 3",
          "UPDATE assigned SET customer = 'Bob'",
          "INSERT INTO orders (customer, status) VALUES ('Bob', 'd'), ('Ann', 'e')",
          "UPDATE orders SET status = 'hidden' WHERE customer = 'Ann'",
          "COMMIT");
      gateway.awaitAll();
      JsonNode moment = sue.await("changes");
      Map<String, String> rows = new TreeMap<>(Map.of("{\"id\":1}", "Ann a"));
      apply(moment, rows);
      assertThat(rows.values()).containsExactlyInAnyOrder("Bob open", "Bob d");
      assertThat(moment.toString()).doesNotContain("hidden", "\"c\"", "\"e\"");
      assertThat(moment.has("more")).isFalse();
    }
  }

  private static void apply(JsonNode message, Map<String, String> rows) {
    message.path("rows").forEach(row -> rows.put("{\"id\":" + row.get("id") + "}", shown(row)));
    for (JsonNode change : message.path("changes")) {
      String key = change.get("key").toString();
      assertThat(rows.containsKey(key))
          .as("%s in %s", change, rows)
          .isEqualTo(!change.get("op").asString().equals("insert"));
      if (change.get("row").isNull()) {
        rows.remove(key);
      } else {
        rows.put(key, shown(change.get("row")));
      }
    }
  }

  private static String shown(JsonNode row) {
    return row.get("customer").asString() + " " + row.get("status").asString();
  }

  /** What a client gains waits in memory until the client takes it. */
  @Test
  void rowsThatMoveBeyondTheLimitComeAsASnapshot() {
    OrdersGateway small = gateway(100, Map.of(Limit.MOVE_BYTES, 1_000L));
    try (small;
        WsClient sue = WsClient.connect(small.ws("token", "sue", "snapshot", "true"))) {
      sue.await("snapshot");
      small.insert(20);
      small.database.execute(
          "UPDATE orders SET customer = IF(id = 1, 'Bob', 'Ann')",
          "INSERT INTO assigned (staff, customer) VALUES ('sue', 'Ann')");
      assertThat(sue.await("reset").get("reason").asString()).isEqualTo("policy");
      assertThat(sue.await("snapshot").get("rows")).hasSize(19);
      assertThat(small.traffic.overLimits).containsOnly(Limit.MOVE_BYTES);
      small.database.execute("INSERT INTO assigned (staff, customer) VALUES ('sue', 'Bob')");
      assertThat(sue.nextChange().at("/row/customer").asString()).isEqualTo("Bob");
    }
  }

  @Test
  void httpFollowsTheLookup() {
    sql("INSERT INTO orders (customer) VALUES ('Ann'), ('Bob')");
    assertThat(customers("sue")).isEmpty();
    JsonNode nothing = json(get("sue", "/api/tables/orders/changes").body());
    sql("INSERT INTO assigned (staff, customer) VALUES ('sue', 'Bob')");
    assertThat(customers("sue")).containsExactly("Bob");
    assertThat(
            get("sue", "/api/tables/orders/changes", "since", nothing.get("position").asString())
                .body())
        .contains("unknown_position");
    sql("UPDATE assigned SET staff = 'tom'");
    assertThat(customers("sue")).isEmpty();
    assertThat(customers("tom")).containsExactly("Bob");
  }

  @Test
  void aClaimThatDoesNotFitTheColumnOfALookupFindsNothing() {
    sql(
        "INSERT INTO orders (customer) VALUES ('Ann')",
        "INSERT INTO assigned (staff, customer) VALUES ('sue', 'Ann')");
    assertThat(customers("1/numbered")).containsExactly("Ann");
    assertThat(customers("sue/numbered")).isEmpty();
    try (WsClient sue = client("sue/numbered")) {
      assertThat(sue.await("snapshot").get("rows")).isEmpty();
      sql(
          "INSERT INTO assigned (staff, customer) VALUES ('tom', 'Ann')",
          "UPDATE orders SET status = 'b'");
      assertThat(customers("sue/numbered")).isEmpty();
    }
  }

  @Test
  void anExplanationIsOfTheSetOfTheMoment() {
    sql("INSERT INTO orders (customer) VALUES ('Ann')");
    assertThat(policyStep("sue")).isEqualTo("stops");
    sql("INSERT INTO assigned (staff, customer) VALUES ('sue', 'Ann')");
    assertThat(policyStep("sue")).isEqualTo("passes");
    assertThat(policyStep("tom")).isEqualTo("stops");
    sql("DELETE FROM assigned");
    assertThat(policyStep("sue")).isEqualTo("stops");
  }

  private String policyStep(String token) {
    HttpResponse<String> answer = get(token, "/api/tables/orders/explain", "key", "{\"id\":1}");
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return json(answer.body())
        .get("steps")
        .valueStream()
        .filter(step -> step.get("step").asString().equals("policy"))
        .map(step -> step.get("outcome").asString())
        .findFirst()
        .orElse(answer.body());
  }

  @Test
  void aPositionOfAnotherSetIsAReset() {
    sql(
        "INSERT INTO orders (customer) VALUES ('Ann'), ('Bob')",
        "INSERT INTO assigned (staff, customer) VALUES ('sue', 'Ann')");
    String before = json(get("sue", "/api/tables/orders/rows").body()).get("position").asString();
    try (WsClient same = WsClient.connect(gateway.ws("token", "sue", "since", before))) {
      same.await("subscribed");
      sql("UPDATE orders SET status = 'paid' WHERE customer = 'Ann'");
      assertThat(same.next().get("type").asString()).isEqualTo("changes");
    }
    sql("UPDATE assigned SET customer = 'Bob'");
    try (WsClient other = WsClient.connect(gateway.ws("token", "sue", "since", before))) {
      other.await("subscribed");
      JsonNode reset = other.next();
      assertThat(reset.get("reason").asString()).isEqualTo("policy");
      assertThat(other.await("snapshot").get("rows").toString()).contains("Bob");
    }
  }

  @Test
  void anEmptiedLookupTableLeavesNoRows() {
    gateway.keepUp();
    sql(
        "INSERT INTO orders (customer) VALUES ('Ann')",
        "INSERT INTO assigned (staff, customer) VALUES ('sue', 'Ann')");
    try (WsClient sue = client("sue")) {
      assertThat(sue.await("snapshot").get("rows")).hasSize(1);
      gateway.database.execute("TRUNCATE assigned");
      assertThat(sue.await("reset").get("reason").asString()).isEqualTo("policy");
      assertThat(sue.await("snapshot").get("rows")).isEmpty();
      sql("INSERT INTO assigned (staff, customer) VALUES ('sue', 'Ann')");
      assertThat(sue.await("changes").at("/changes/0/row/customer").asString()).isEqualTo("Ann");
    }
  }

  /** Until there is one again, which counts. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "DROP TABLE assigned",
        "RENAME TABLE assigned TO assigned_before",
        "ALTER TABLE assigned MODIFY id INT NULL, DROP PRIMARY KEY"
      })
  void aLookupTableThatIsGoneOrCannotBeCapturedLeavesNoRows(String statement) {
    gateway.keepUp();
    sql(
        "INSERT INTO orders (customer) VALUES ('Ann'), ('Bob')",
        "INSERT INTO assigned (staff, customer) VALUES ('sue', 'Ann')");
    try (WsClient sue = client("sue")) {
      assertThat(sue.await("snapshot").get("rows")).hasSize(1);
      gateway.database.execute(statement);
      gateway.awaitUncaptured("assigned");
      sql("UPDATE orders SET status = 'secret'");
      sql("UPDATE orders SET status = 'open' WHERE customer = 'Bob'");
      gateway.database.execute(
          "DROP TABLE IF EXISTS assigned",
          "CREATE TABLE assigned (id INT AUTO_INCREMENT PRIMARY KEY, staff VARCHAR(20) NOT NULL,"
              + " customer VARCHAR(100))",
          "INSERT INTO assigned (staff, customer) VALUES ('sue', 'Bob')");
      List<JsonNode> arrived = new ArrayList<>();
      Await.until(
          "the rows of the new set",
          () -> {
            arrived.addAll(sue.arrived());
            return arrived.stream().anyMatch(each -> each.toString().contains("Bob"));
          });
      assertThat(arrived.toString()).doesNotContain("secret").contains("\"reason\":\"policy\"");
      Await.until("all is in order", () -> gateway.problem().isEmpty());
      sql("INSERT INTO assigned (staff, customer) VALUES ('sue', 'Ann')");
      Await.until(
          "the new table is followed",
          () -> sue.arrived().stream().anyMatch(each -> each.toString().contains("secret")));
    }
  }

  @Test
  void aLookupTableThatStaysAwayEndsTheConnection() {
    gateway.keepUp();
    sql(
        "INSERT INTO orders (customer) VALUES ('Ann')",
        "INSERT INTO assigned (staff, customer) VALUES ('sue', 'Ann')");
    try (WsClient sue = client("sue")) {
      sue.await("snapshot");
      gateway.database.execute("DROP TABLE assigned");
      gateway.awaitUncaptured("assigned");
      sql("UPDATE orders SET status = 'secret'");
      assertThat(sue.closeCode()).isEqualTo(4503);
      assertThat(sue.arrived().toString()).doesNotContain("secret");
    }
    assertThat(get("sue", "/api/tables/orders/rows").body()).contains("lookup_unavailable");
  }

  @Test
  void aSetThatIsTooLargeIsRefused() {
    sql("INSERT INTO orders (customer) VALUES ('c7')");
    for (int i = 0; i < 100; i++) {
      gateway.database.execute(
          "INSERT INTO assigned (staff, customer) VALUES ('sue', 'c" + i + "')");
    }
    gateway.awaitAll();
    try (WsClient sue = client("sue")) {
      assertThat(sue.await("snapshot").get("rows")).hasSize(1);
      sql("INSERT INTO assigned (staff, customer) VALUES ('sue', 'one more')");
      assertThat(sue.closeCode()).isEqualTo(4503);
    }
    assertThat(get("sue", "/api/tables/orders/rows").body()).contains("lookup_too_large");
    sql("DELETE FROM assigned WHERE customer IN ('c1', 'c2')");
    Await.until(
        "the smaller set is accepted",
        () -> get("sue", "/api/tables/orders/rows").statusCode() == 200);
    assertThat(customers("sue")).containsExactly("c7");
  }

  @Test
  void aTokenOfOtherRowsMovesThem() {
    sql(
        "INSERT INTO orders (customer) VALUES ('Ann'), ('Bob'), ('Cleo')",
        "INSERT INTO assigned (staff, customer)"
            + " VALUES ('sue', 'Ann'), ('sue', 'Cleo'), ('tom', 'Bob'), ('tom', 'Cleo')");
    try (WsClient client = WsClient.connect(gateway.ws("token", "sue", "snapshot", "true"))) {
      Map<String, String> rows = new TreeMap<>();
      apply(client.await("snapshot"), rows);
      // A view that is not live yet would get a snapshot.
      sql("UPDATE orders SET status = 'live' WHERE customer = 'Cleo'");
      apply(client.await("changes"), rows);
      client.send("{\"type\":\"auth\",\"token\":\"tom\"}");
      JsonNode moved = client.await("changes");
      assertThat(moved.get("changes")).hasSize(2);
      apply(moved, rows);
      assertThat(rows.values()).containsExactlyInAnyOrder("Bob pending", "Cleo live");
      sql("UPDATE orders SET status = 'paid'");
      assertThat(client.await("changes").get("changes")).hasSize(2);
      try (WsClient resumed =
          WsClient.connect(gateway.ws("token", "tom", "since", moved.get("position").asString()))) {
        resumed.await("subscribed");
        assertThat(resumed.next().get("changes")).hasSize(2);
      }
    }
  }

  @Test
  void aRenewedClientFollowsItsNewSetAlthoughItsViewIsSharedWithAnother() {
    sql(
        "INSERT INTO orders (customer) VALUES ('Ann'), ('Bob')",
        "INSERT INTO assigned (staff, customer) VALUES ('sue', 'Ann'), ('tom', 'Ann')");
    try (WsClient tom = client("tom/1");
        WsClient renewed = client("sue")) {
      for (WsClient client : List.of(tom, renewed)) {
        client.await("snapshot");
      }
      sql("UPDATE orders SET status = 'paid' WHERE customer = 'Ann'");
      for (WsClient client : List.of(tom, renewed)) {
        client.await("changes");
      }
      renewed.send("{\"type\":\"auth\",\"token\":\"tom/2\"}");
      assertThat(renewed.await("changes").get("changes")).as("the sets are equal").isEmpty();
      sql("INSERT INTO assigned (staff, customer) VALUES ('tom', 'Bob')");
      for (WsClient client : List.of(tom, renewed)) {
        assertThat(client.await("changes").at("/changes/0/row/customer").asString())
            .isEqualTo("Bob");
      }
    }
  }

  @Test
  void clientsThatMoveTogetherShareOneReadOfTheRows() {
    sql("INSERT INTO orders (customer) VALUES ('Ann'), ('Bob')");
    List<WsClient> clients = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      clients.add(client("sue/" + i));
    }
    clients.forEach(client -> assertThat(client.await("snapshot").get("rows")).isEmpty());
    int before = gateway.traffic.snapshotReads.get();
    sql("INSERT INTO assigned (staff, customer) VALUES ('sue', 'Ann')");
    for (WsClient client : clients) {
      assertThat(client.await("changes").at("/changes/0/row/customer").asString()).isEqualTo("Ann");
      client.close();
    }
    assertThat(gateway.traffic.snapshotReads.get() - before).isEqualTo(1);
  }

  @Test
  void moreRowsThanFitIntoAMomentAreAReset() {
    OrdersGateway small = gateway(100, Map.of(Limit.ROWS, 50L));
    try (small) {
      small.database.execute("INSERT INTO orders (customer) VALUES ('Bob')");
      small.insert(60);
      small.database.execute("UPDATE orders SET customer = 'Ann' WHERE customer <> 'Bob'");
      small.awaitAll();
      try (WsClient sue = WsClient.connect(small.ws("token", "sue", "snapshot", "true"))) {
        sue.await("snapshot");
        small.database.execute("INSERT INTO assigned (staff, customer) VALUES ('sue', 'Bob')");
        assertThat(sue.await("changes").get("changes")).hasSize(1);
        small.database.execute("INSERT INTO assigned (staff, customer) VALUES ('sue', 'Ann')");
        assertThat(sue.await("reset").get("reason").asString()).isEqualTo("policy");
        assertThat(sue.await("snapshot").get("rows")).hasSize(61);
      }
    }
  }

  /** Even if the client may see again what it saw before. */
  @Test
  void aMoveThatIsCutOffEndsInAReset() {
    OrdersGateway small = gateway(100, Map.of(Limit.FRAME_CHANGES, 10L));
    try (small) {
      small.insert(25);
      small.database.execute("UPDATE orders SET customer = 'Ann'");
      small.awaitAll();
      String cut;
      try (WsClient sue = WsClient.connect(small.ws("token", "sue", "snapshot", "true"))) {
        sue.await("snapshot");
        small.database.execute("INSERT INTO assigned (staff, customer) VALUES ('sue', 'Ann')");
        JsonNode first = sue.await("changes");
        assertThat(first.get("changes")).hasSize(10);
        assertThat(first.get("more").booleanValue()).isTrue();
        cut = first.get("position").asString();
        assertThat(sue.await("changes").get("changes")).hasSize(10);
        JsonNode last = sue.await("changes");
        assertThat(last.get("changes")).hasSize(5);
        assertThat(last.has("more")).isFalse();
      }
      small.database.execute("DELETE FROM assigned");
      small.awaitAll();
      try (WsClient again = WsClient.connect(small.ws("token", "sue", "since", cut))) {
        assertThat(again.await("reset").get("reason").asString()).isEqualTo("policy");
        assertThat(again.await("snapshot").get("rows")).isEmpty();
      }
    }
  }

  /** As that of every message does. */
  @Test
  void thePositionBetweenTheMessagesOfAMoveCoversTheirChanges() {
    OrdersGateway small = gateway(100, Map.of(Limit.FRAME_CHANGES, 10L));
    try (small;
        WsClient sue = WsClient.connect(small.ws("token", "sue", "snapshot", "true"))) {
      sue.await("snapshot");
      small.insert(25);
      small.database.execute(
          "START TRANSACTION",
          "INSERT INTO assigned (staff, customer) VALUES ('sue', 'Ann')",
          "UPDATE orders SET customer = 'Ann'",
          "COMMIT");
      int changes = 0;
      JsonNode message;
      do {
        message = sue.await("changes");
        Position position =
            Position.parse(MarkedPosition.of(message.get("position").asString()).position());
        for (JsonNode change : message.get("changes")) {
          assertThat(position.covers(change.get("id").longValue())).as("%s", change).isTrue();
          changes++;
        }
      } while (message.path("more").asBoolean());
      assertThat(changes).isEqualTo(25);
    }
  }

  @Test
  void aClientWithAPaceMovesToo() {
    sql("INSERT INTO orders (customer) VALUES ('Ann'), ('Bob')");
    try (WsClient sue =
        WsClient.connect(gateway.ws("token", "sue", "snapshot", "true", "conflate", "50ms"))) {
      sue.await("snapshot");
      gateway.database.execute(
          "START TRANSACTION",
          "INSERT INTO assigned (staff, customer) VALUES ('sue', 'Ann')",
          "UPDATE orders SET status = 'a'",
          "UPDATE orders SET status = 'b'",
          "COMMIT");
      JsonNode moved = sue.await("changes");
      assertThat(moved.get("changes")).hasSize(1);
      assertThat(moved.at("/changes/0/op").asString()).isEqualTo("insert");
      assertThat(moved.at("/changes/0/row/status").asString()).isEqualTo("b");
      sql("DELETE FROM assigned");
      assertThat(sue.await("changes").at("/changes/0/op").asString()).isEqualTo("delete");
    }
  }

  @Test
  void aRevokedIdentityIsClosedAndRefusedUntilItsTime() {
    sql("INSERT INTO orders (customer) VALUES ('Ann')");
    try (WsClient first = client("sue/1");
        WsClient second = client("sue/2")) {
      first.await("snapshot");
      second.await("snapshot");
      sql("INSERT INTO orderwire_revoked (jti, until) VALUES ('sue/0', NULL), (NULL, NULL)");
      sql("INSERT INTO orderwire_revoked (jti, until) VALUES ('sue/1', '2001-01-01')");
      assertThat(get("sue/1", "/api/tables").statusCode()).as("past").isEqualTo(200);
      sql("INSERT INTO orderwire_revoked (jti) VALUES ('sue/1')");
      assertThat(first.await("error").get("code").asString()).isEqualTo("revoked");
      assertThat(first.closeCode()).isEqualTo(4401);
      assertThat(get("sue/1", "/api/tables").body()).contains("revoked");
      assertThat(get("sue/2", "/api/tables").statusCode()).isEqualTo(200);
      second.send("{\"type\":\"auth\",\"token\":\"sue/1\"}");
      assertThat(second.await("error").get("code").asString()).isEqualTo("revoked");
      sql(
          "INSERT INTO orderwire_revoked (subject, until) VALUES ('staff', NOW() + INTERVAL 1 DAY)");
      assertThat(second.closeCode()).isEqualTo(4401);
      assertThat(get("tom/9", "/api/tables").statusCode()).isEqualTo(401);
      sql("DELETE FROM orderwire_revoked");
      assertThat(get("sue/1", "/api/tables").statusCode()).isEqualTo(200);
    }
  }

  @Test
  void aRevocationUntilNoTimeIsForEverAndLeavesTheOthers() {
    sql("INSERT INTO orderwire_revoked (jti) VALUES ('sue/1')");
    sql(
        "SET SESSION sql_mode = ''",
        "INSERT INTO orderwire_revoked (jti, until) VALUES ('sue/2', '0000-00-00 00:00:00')");
    sql("INSERT INTO orderwire_revoked (jti) VALUES ('sue/3')");
    for (String token : List.of("sue/1", "sue/2", "sue/3")) {
      assertThat(get(token, "/api/tables").body()).as(token).contains("revoked");
    }
    assertThat(get("sue/4", "/api/tables").statusCode()).isEqualTo(200);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "DROP TABLE orderwire_revoked",
        "RENAME TABLE orderwire_revoked TO revoked_before",
        "TRUNCATE orderwire_revoked"
      })
  void whatWasRevokedStaysRevokedWithoutItsTable(String statement) {
    gateway.keepUp();
    sql("INSERT INTO orderwire_revoked (jti) VALUES ('sue/1'), ('sue/2')");
    int resets = resetsOfRevocations();
    gateway.database.execute(statement);
    Await.until("the table is there again, and reset", () -> resetsOfRevocations() > resets);
    sql("INSERT INTO orderwire_revoked (jti) VALUES ('sue/3')");
    for (String token : List.of("sue/1", "sue/2", "sue/3")) {
      assertThat(get(token, "/api/tables").body()).as(token).contains("revoked");
    }
    sql("INSERT INTO orderwire_revoked (jti) VALUES ('sue/2')");
    sql("DELETE FROM orderwire_revoked");
    assertThat(get("sue/1", "/api/tables").body()).contains("revoked");
    for (String token : List.of("sue/2", "sue/3")) {
      assertThat(get(token, "/api/tables").statusCode()).as(token).isEqualTo(200);
    }
  }

  private int resetsOfRevocations() {
    return gateway
        .database
        .query(
            "SELECT id FROM orderwire_change_log"
                + " WHERE table_name = 'orderwire_revoked' AND row_key IS NULL AND row_after IS NOT NULL")
        .size();
  }

  /**
   * After each complete message, a client shows exactly the orders that the lookup allows, both as
   * the log has them at the position of the message. After a subscription or a renewed token, its
   * set is that of now, and so may be newer than the position until the client has caught up.
   */
  @Test
  void aScreenEqualsTheOrdersOfItsSetAtEveryPosition() throws Exception {
    List<String> staff = List.of("sue", "tom", "uma");
    sql(
        "INSERT INTO orders (customer) SELECT CONCAT('c', id) FROM"
            + " (SELECT 1 id UNION SELECT 2 UNION SELECT 3 UNION SELECT 4 UNION SELECT 5) n");
    List<Watch> watches = new ArrayList<>();
    try (ExecutorService threads = Executors.newCachedThreadPool()) {
      List<Future<?>> writers = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        long seed = i;
        writers.add(threads.submit(() -> write(new Random(seed), staff)));
      }
      Random random = new Random(7);
      while (writers.stream().anyMatch(writer -> !writer.isDone()) || watches.size() < 3) {
        if (watches.size() < 40) {
          watches.add(new Watch(staff.get(random.nextInt(3)), this));
        }
        for (Watch watch : watches) {
          watch.take();
          if (random.nextInt(30) == 0) {
            watch.renew(staff.get(random.nextInt(3)));
          }
        }
        Thread.sleep(5);
      }
      for (Future<?> writer : writers) {
        writer.get();
      }
    }
    gateway.awaitAll();
    sql(
        "UPDATE orders SET status = 'the end'",
        "INSERT INTO assigned (staff, customer)"
            + " VALUES ('sue', 'x'), ('tom', 'x'), ('uma', 'x')");
    List<List<@Nullable String>> log =
        gateway.database.query(
            "SELECT id, table_name, row_key, row_before, row_after FROM orderwire_change_log"
                + " WHERE row_key IS NOT NULL ORDER BY id");
    for (Watch watch : watches) {
      watch.awaitEnd();
      watch.check(log);
      watch.close();
    }
    assertThat(watches.stream().mapToInt(Watch::moves).sum()).as("moved rows").isGreaterThan(50);
  }

  private void write(Random random, List<String> staff) {
    for (int i = 0; i < 120; i++) {
      List<String> statements = new ArrayList<>(List.of("START TRANSACTION"));
      for (int j = random.nextInt(3); j >= 0; j--) {
        String customer = "'c" + random.nextInt(6) + "'";
        String member = "'" + staff.get(random.nextInt(3)) + "'";
        int id = 1 + random.nextInt(8);
        statements.add(
            switch (random.nextInt(6)) {
              case 0 -> "INSERT INTO orders (customer) VALUES (" + customer + ")";
              case 1 -> "UPDATE orders SET customer = %s WHERE id = %d".formatted(customer, id);
              case 2 -> "UPDATE orders SET status = 's%d' WHERE id = %d".formatted(i, id);
              case 3 ->
                  "INSERT INTO assigned (staff, customer) VALUES (%s, %s)"
                      .formatted(member, customer);
              case 4 ->
                  "DELETE FROM assigned WHERE staff = %s AND customer = %s"
                      .formatted(member, customer);
              default ->
                  "UPDATE assigned SET customer = %s WHERE staff = %s ORDER BY id LIMIT 1"
                      .formatted(customer, member);
            });
      }
      statements.add(random.nextInt(8) == 0 ? "ROLLBACK" : "COMMIT");
      try {
        gateway.database.execute(statements.toArray(String[]::new));
      } catch (RuntimeException e) {
        // A deadlock: MySQL has rolled the transaction back.
        assertThat(e).hasStackTraceContaining("eadlock");
      }
    }
  }

  /** A client that records what it shows at each position. */
  private static final class Watch {
    /**
     * @param allowed the position of the feed after the client was last let in
     */
    private record Shown(
        String staff, Position position, Position allowed, Map<String, String> rows) {}

    private final LookupTest test;
    private final OrdersGateway gateway;
    private WsClient client;
    private final Map<String, String> rows = new TreeMap<>();
    private final List<Shown> shown = new ArrayList<>();
    private String staff;
    private String next;
    private boolean renewing;
    private int moves;
    private Position allowed;

    Watch(String staff, LookupTest test) {
      this.test = test;
      this.gateway = test.gateway;
      this.allowed = gateway.position();
      this.staff = staff;
      this.next = staff;
      this.client = test.client(staff);
    }

    void renew(String other) {
      if (!renewing && !client.isClosed()) {
        renewing = true;
        next = other;
        try {
          client.send("{\"type\":\"auth\",\"token\":\"" + other + "\"}");
        } catch (RuntimeException e) {
          assertThat(client.closeCode()).isEqualTo(ErrorCode.TABLE_ALTERED.closeCode());
        }
      }
    }

    int moves() {
      return moves;
    }

    void take() {
      boolean closed = client.isClosed();
      client.arrived().forEach(this::take);
      if (closed) {
        reconnect();
      }
    }

    /** A set that changes faster than its rows can be read makes the server ask for that. */
    private void reconnect() {
      assertThat(client.closeCode()).isEqualTo(ErrorCode.TABLE_ALTERED.closeCode());
      client.close();
      rows.clear();
      renewing = false;
      staff = next;
      allowed = gateway.position();
      client = test.client(staff);
    }

    private void take(JsonNode message) {
      switch (message.get("type").asString()) {
        case "error" -> throw new AssertionError("refused: " + message);
        case "reset" -> rows.clear();
        // What moves follows it.
        case "authenticated" -> {
          staff = next;
          renewing = false;
        }
        default -> {}
      }
      if (!message.get("type").asString().equals("changes")) {
        allowed = gateway.position();
      }
      for (JsonNode change : message.path("changes")) {
        moves += change.get("id").isNull() ? 1 : 0;
      }
      apply(message, rows);
      if (message.has("position") && !message.has("more") && !message.has("columns")) {
        String position = MarkedPosition.of(message.get("position").asString()).position();
        shown.add(new Shown(staff, Position.parse(position), allowed, new TreeMap<>(rows)));
      }
    }

    void awaitEnd() {
      Await.until(
          "the last change of " + staff + " arrives, " + next,
          () -> {
            take();
            return !renewing
                && !shown.isEmpty()
                && !rows.isEmpty()
                    == rows.values().stream().anyMatch(row -> row.endsWith("the end"))
                && rows.values().stream().allMatch(row -> row.endsWith("the end"));
          });
    }

    void check(List<List<@Nullable String>> log) {
      for (Shown each : shown) {
        Map<String, String> expected =
            expected(log, each.position(), each.position()::covers, each.staff());
        boolean newerSet =
            gateway.positions().stream()
                .filter(later ->
                    later.coversAllOf(each.position()) && each.allowed().coversAllOf(later))
                .anyMatch(later ->
                    expected(log, each.position(), later::covers, each.staff())
                        .equals(each.rows()));
        if (!newerSet) {
          assertThat(each.rows())
              .as(
                  "%s at %s, let in at %s; of the set: %s",
                  each.staff(), each.position(), each.allowed(), assigned(log, each.staff()))
              .isEqualTo(expected);
        }
      }
    }

    /** The ids of the changes to the set of a member of the staff, and what they did. */
    private static String assigned(List<List<@Nullable String>> log, String staff) {
      return log.stream()
          .filter(change -> "assigned".equals(change.get(1)))
          .filter(change -> (change.get(3) + " " + change.get(4)).contains('"' + staff + '"'))
          .map(change -> "%s: %s to %s".formatted(change.get(0), change.get(3), change.get(4)))
          .collect(Collectors.joining("\n", "\n", "\n"));
    }

    private static Map<String, String> expected(
        List<List<@Nullable String>> log,
        Position position,
        LongPredicate assignedAt,
        String staff) {
      Map<String, JsonNode> orders = new HashMap<>();
      Map<String, JsonNode> assigned = new HashMap<>();
      for (List<@Nullable String> change : log) {
        long id = Long.parseLong(String.valueOf(change.get(0)));
        String name = String.valueOf(change.get(1));
        Map<String, JsonNode> table =
            switch (name) {
              case "orders" -> orders;
              case "assigned" -> assigned;
              default -> new HashMap<>();
            };
        if (name.equals("assigned") ? assignedAt.test(id) : position.covers(id)) {
          boolean gone = change.get(4) == null;
          JsonNode row = json(String.valueOf(change.get(gone ? 3 : 4)));
          String key = "{\"id\":" + row.get("id") + "}";
          if (gone) {
            table.remove(key);
          } else {
            table.put(key, row);
          }
        }
      }
      Set<String> set = new HashSet<>();
      assigned.values().stream()
          .filter(row -> row.get("staff").asString().equals(staff))
          .forEach(row -> set.add(row.get("customer").asString()));
      Map<String, String> expected = new TreeMap<>();
      orders.forEach((key, row) -> {
        if (set.contains(row.get("customer").asString())) {
          expected.put(key, shown(row));
        }
      });
      return expected;
    }

    void close() {
      client.close();
    }
  }
}
