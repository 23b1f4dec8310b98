package dev.orderwire.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orderwire.testing.SseClient;
import dev.orderwire.testing.WsClient;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * A client tries to read a column that it may not see, by testing it: with every operator, in every
 * shape, by every path. Every answer to such a test is the same, whatever is in the column.
 */
@Timeout(120)
@ExtendWith(FailOnLeak.class)
class FilterProbingTest {
  private static final String ROWS = "/api/tables/orders/rows";
  private static final String AUDIT = Customers.token("x", "audit");
  private static final String STAFF = Customers.token("x", "staff");

  /** Conditions on a value that is in the column, one that is not, and other types. */
  private static final List<String> TESTS =
      List.of(
          "\"Ann\"",
          "\"Bob\"",
          "null",
          "7",
          "true",
          "[]",
          "{}",
          "{\"eq\":\"Ann\"}",
          "{\"ne\":\"Ann\"}",
          "{\"lt\":\"B\"}",
          "{\"lte\":\"Ann\"}",
          "{\"gt\":\"A\"}",
          "{\"gte\":\"Z\"}",
          "{\"in\":[\"Ann\",\"Bob\"]}",
          "{\"in\":[]}",
          "{\"nin\":[\"Ann\"]}",
          "{\"null\":true}",
          "{\"null\":false}",
          "{\"like\":\"A%\"}",
          "{\"in\":\"Ann\"}");

  private static final List<String> SHAPES =
      List.of(
          "{%s}",
          "{\"status\":\"new\",%s}",
          "{\"and\":[{%s}]}",
          "{\"or\":[{\"status\":\"none\"},{%s}]}",
          "{\"not\":{%s}}",
          "{\"not\":{\"or\":[{\"and\":[{%s}]}]}}");

  private final Customers customers =
      new Customers(
          """
          {"orders": {
            "audit": {"rows": "all", "columns": ["status"]},
            "staff": {"rows": "all", "mask": {"customer": {"keep-last": 1}}}}}\
          """);

  @BeforeEach
  void anOrder() {
    customers.sql("INSERT INTO orders (customer, status) VALUES ('Ann', 'new')");
  }

  @AfterEach
  void close() {
    customers.close();
  }

  private static List<String> conditions(String column) {
    List<String> conditions = new ArrayList<>();
    for (String shape : SHAPES) {
      for (String test : TESTS) {
        conditions.add(shape.formatted("\"%s\":%s".formatted(column, test)));
      }
    }
    return conditions;
  }

  /** A hidden column is like one that does not exist. */
  @Test
  void everyTestOfAHiddenColumnIsAnsweredAsIfThereWereNone() {
    List<String> hidden = conditions("customer");
    List<String> none = conditions("nonesuch");
    for (int i = 0; i < hidden.size(); i++) {
      String answer = customers.get(AUDIT, ROWS, "where", hidden.get(i)).body();
      assertThat(answer).as(hidden.get(i)).contains("unknown_column").doesNotContain("Ann");
      assertThat(answer.replace("customer", "nonesuch"))
          .as(hidden.get(i))
          .isEqualTo(customers.get(AUDIT, ROWS, "where", none.get(i)).body());
    }
  }

  @Test
  void everyTestOfAMaskedColumnIsRefusedAlike() {
    for (String condition : conditions("customer")) {
      String answer = customers.get(STAFF, ROWS, "where", condition).body();
      assertThat(answer)
          .as(condition)
          .isEqualTo(
              "{\"error\":{\"code\":\"masked_column\",\"message\":\"column \\\"customer\\\" is masked"
                  + " for this role: where cannot test it\"}}");
    }
  }

  /** The key is hidden too, and so is what stands for it. */
  @Test
  void neitherTheKeyNorWhatReplacesItCanBeTested() {
    String key = customers.json(AUDIT, ROWS).at("/rows/0/_key").asString();
    assertThat(key).hasSize(22);
    for (String where :
        List.of(
            "{\"id\":1}",
            "{\"id\":{\"gte\":0}}",
            "{\"_key\":\"" + key + "\"}",
            "{\"_key\":null}")) {
      assertThat(customers.get(AUDIT, ROWS, "where", where).body())
          .as(where)
          .contains("unknown_column");
    }
  }

  /** The nearest name is one that the client sees. */
  @Test
  void noErrorNamesAHiddenColumn() {
    for (String near : List.of("custome", "Customer", "customers", "ID", "i")) {
      String tested = customers.get(AUDIT, ROWS, "where", "{\"" + near + "\":1}").body();
      assertThat(tested).contains("unknown_column").doesNotContain("customer\\\"", "\\\"id\\\"");
      String named = customers.get(AUDIT, ROWS, "columns", near).body();
      assertThat(named).contains("unknown_column").doesNotContain("customer\\\"", "\\\"id\\\"");
    }
  }

  @Test
  void everyPathRefusesAlike() {
    String where = "{\"customer\":{\"gte\":\"A\"}}";
    for (String token : List.of(AUDIT, STAFF)) {
      String code = token.equals(AUDIT) ? "unknown_column" : "masked_column";
      assertThat(Customers.code(customers.get(token, ROWS, "where", where))).isEqualTo(code);
      assertThat(Customers.code(customers.get(token, "/api/tables/orders/changes", "where", where)))
          .isEqualTo(code);
      try (SseClient events =
              SseClient.connect(
                  customers.gateway.uri("http", "/events", "token", token, "where", where));
          WsClient plain = WsClient.connect(customers.gateway.ws("token", token, "where", where));
          WsClient explicit =
              WsClient.connect(customers.gateway.ws("token", token), "orderwire.v1")) {
        assertThat(events.refusal().at("/error/code").asString()).isEqualTo(code);
        assertThat(plain.await("error").get("code").asString()).isEqualTo(code);
        explicit.await("welcome");
        explicit.send("{\"type\":\"subscribe\",\"snapshot\":true,\"where\":" + where + "}");
        assertThat(explicit.await("error").get("code").asString()).isEqualTo(code);
      }
    }
  }
}
