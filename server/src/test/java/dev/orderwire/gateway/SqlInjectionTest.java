package dev.orderwire.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orderwire.testing.WsClient;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * SQL in everything that a client sends, and in policies. Names of tables and columns with SQL in
 * them are in {@code InstallTest}.
 */
@Timeout(120)
@ExtendWith(FailOnLeak.class)
class SqlInjectionTest {
  static final List<String> TEXTS =
      List.of(
          "' OR 1=1 -- ",
          "x' OR ''='",
          "\" OR 1=1 #",
          "\\' OR 1=1 -- ",
          "' UNION SELECT 1, 2, 3 -- ",
          "'; DROP TABLE orders; -- ",
          "` = 1 OR `id",
          "x'/*! OR 1=1 */-- ",
          "${claims.sub}",
          "? OR 1=1",
          "{d '2026-11-22'}",
          "\u00bf' OR 1=1 -- ",
          "%' OR status LIKE '%");

  private static final String OWN = "customer";
  private static final String ROWS = "/api/tables/orders/rows";

  private final Customers customers =
      new Customers(
          """
          {"orders": {
            "customer": {"rows": {"customer": "${claims.sub}"}},
            "listed": {"rows": {"customer": {"in": ["${claims.sub}"]}}},
            "fixed": {"rows": {"customer": "' OR 1=1 -- "}},
            "covered": {"rows": "all", "columns": ["status"]}}}\
          """);

  @AfterEach
  void nothingIsLost() {
    try {
      assertThat(customers.gateway.database.query("SELECT COUNT(*) FROM orders").getFirst())
          .isEqualTo(List.of("3"));
    } finally {
      customers.close();
    }
  }

  private void orders(String customer) {
    customers.gateway.database.execute(
        "SET sql_mode = 'NO_BACKSLASH_ESCAPES'",
        "INSERT INTO orders (customer, status) VALUES ('Ann', 'secret'), ('%s', 'own'), ('', 'secret')"
            .formatted(customer.replace("'", "''")));
    customers.gateway.awaitAll();
  }

  private static String quoted(String text) {
    return JsonMapper.shared().writeValueAsString(text);
  }

  private static void requireClientsFault(HttpResponse<String> answer) {
    assertThat(answer.statusCode()).as(answer.body()).isBetween(400, 431);
    assertThat(answer.body()).doesNotContain("secret", "SQL", "syntax", "internal_error");
  }

  /** The text is a name like any other: its owner sees its own order, and no other. */
  @ParameterizedTest
  @FieldSource("TEXTS")
  void aClaimWithSqlInItIsAValue(String sub) {
    orders(sub);
    for (String role : List.of(OWN, "listed")) {
      String token = Customers.token(sub, role);
      JsonNode rows = customers.json(token, ROWS).get("rows");
      assertThat(rows).as(rows.toString()).hasSize(1);
      assertThat(rows.at("/0/customer").asString()).isEqualTo(sub);
      assertThat(customers.json(token, "/api/tables/orders/changes").toString())
          .doesNotContain("secret");
      try (WsClient live =
          WsClient.connect(customers.gateway.ws("token", token, "snapshot", "true"))) {
        assertThat(live.await("snapshot").get("rows")).hasSize(1);
      }
    }
  }

  @ParameterizedTest
  @FieldSource("TEXTS")
  void aWhereWithSqlInItIsAValue(String text) {
    orders(text);
    String token = Customers.token(text, OWN);
    for (String test :
        List.of("%s", "{\"eq\":%s}", "{\"in\":[%s]}", "{\"gte\":%1$s,\"lte\":%1$s}")) {
      String where = "{\"customer\":" + test.formatted(quoted(text)) + "}";
      assertThat(customers.json(token, ROWS, "where", where).get("rows")).as(where).hasSize(1);
      assertThat(customers.json(Customers.token("Ann", OWN), ROWS, "where", where).get("rows"))
          .as(where)
          .isEmpty();
    }
    requireClientsFault(customers.get(token, ROWS, "where", "{\"id\":" + quoted(text) + "}"));
    requireClientsFault(customers.get(token, ROWS, "where", "{" + quoted(text) + ":1}"));
    requireClientsFault(customers.get(token, ROWS, "where", "{\"id\":{" + quoted(text) + ":1}}"));
    requireClientsFault(customers.get(token, ROWS, "where", text));
  }

  @ParameterizedTest
  @FieldSource("TEXTS")
  void namesAndPositionsWithSqlInThemAreRefused(String text) {
    orders(text);
    String token = Customers.token("Ann", OWN);
    String name = URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    requireClientsFault(
        customers.get(
            token, URI.create(customers.gateway.uri("http", "/api/tables/") + name + "/rows")));
    requireClientsFault(customers.get(token, ROWS, "columns", text));
    requireClientsFault(customers.get(token, ROWS, "limit", text));
    requireClientsFault(customers.get(token, ROWS, "role", text));
    JsonNode own = customers.json(token, ROWS);
    String position = own.get("position").asString();
    for (String since :
        List.of(
            text,
            "e-" + text,
            position + text,
            position.replace("@", text + "@"),
            position.replaceFirst("^[a-z0-9]+", "") + text)) {
      HttpResponse<String> answer =
          customers.get(token, "/api/tables/orders/changes", "since", since);
      requireClientsFault(answer);
      try (WsClient resumed =
          WsClient.connect(customers.gateway.ws("token", token, "since", since))) {
        JsonNode first =
            resumed.await(
                "error or reset",
                each -> List.of("error", "reset").contains(each.get("type").asString()));
        assertThat(first.toString()).doesNotContain("internal_error");
      }
    }
  }

  /** A key column is compared by its type. What MySQL cannot compare is a bad key. */
  @ParameterizedTest
  @FieldSource("TEXTS")
  void aKeyWithSqlInItShowsNothingMore(String text) {
    orders(text);
    String ann = Customers.token("Ann", OWN);
    for (String after : List.of("{\"id\":%s}", "{%s:1}", "{\"id\":1,%s:1}", "[%s]", "%s")) {
      HttpResponse<String> answer =
          customers.get(ann, ROWS, "after", after.formatted(quoted(text)));
      assertThat(answer.statusCode()).as(answer.body()).isIn(200, 400);
      assertThat(answer.body()).doesNotContain("own", "SQL", "internal_error");
    }
    String covered = Customers.token("Ann", "covered");
    requireClientsFault(customers.get(covered, ROWS, "after", "{\"_key\":" + quoted(text) + "}"));
  }

  @Test
  void aPolicyWithSqlInItIsAValue() {
    orders("' OR 1=1 -- ");
    JsonNode rows = customers.json(Customers.token("x", "fixed"), ROWS).get("rows");
    assertThat(rows).hasSize(1);
    assertThat(rows.at("/0/status").asString()).isEqualTo("own");
  }

  @ParameterizedTest
  @FieldSource("TEXTS")
  void messagesWithSqlInThemAreRefused(String text) {
    orders(text);
    try (WsClient ann =
        WsClient.connect(
            customers.gateway.ws("token", Customers.token("Ann", OWN)), "orderwire.v1")) {
      ann.await("welcome");
      for (Map.Entry<String, String> message :
          Map.of(
                  "table", "unknown_table",
                  "role", "not_allowed",
                  "since", "unknown_position",
                  "conflate", "bad_conflate",
                  "where", "bad_where")
              .entrySet()) {
        ann.send(
            "{\"type\":\"subscribe\",%s:%s}".formatted(quoted(message.getKey()), quoted(text)));
        assertThat(ann.await("error").get("code").asString()).isEqualTo(message.getValue());
      }
      ann.send("{\"type\":\"subscribe\",\"columns\":[" + quoted(text) + "]}");
      assertThat(ann.await("error").get("code").asString()).isEqualTo("unknown_column");
      ann.send("{\"type\":\"unsubscribe\",\"view\":" + quoted(text) + "}");
      assertThat(ann.await("error").get("code").asString()).isEqualTo("unknown_view");
    }
  }
}
