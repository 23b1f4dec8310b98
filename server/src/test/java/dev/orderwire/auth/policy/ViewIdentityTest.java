package dev.orderwire.auth.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orderwire.change.Position;
import dev.orderwire.change.Row;
import dev.orderwire.change.Table;
import dev.orderwire.view.Scope;
import dev.orderwire.view.Tables;
import dev.orderwire.view.View;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Clients that try to get into the view of another by their claims, roles and conditions, which are
 * of the characters that the identity of a view is written with.
 */
final class ViewIdentityTest {
  private static final Table TABLE =
      Tables.table("orders", "id", "int", "a", "text", "b", "text", "c", "text");

  private static final List<String> PARTS =
      List.of(
          "", "0", "1", "1:", "2:", ":a", "a", "\"", "\\", ",", "{", "}", "all", "where ", "=",
          "*");

  /** Roles whose names are parts of the text too. */
  private static final String POLICIES =
      """
      {"orders": {
        "1": {"rows": {"a": "${claims.a}", "b": "${claims.b}"}},
        "1:1": {"rows": {"a": "${claims.a}", "b": "${claims.b}"}},
        "or": {"rows": {"or": [{"a": "${claims.a}"}, {"b": "${claims.b}"}]}},
        "in": {"rows": {"a": {"in": "${claims.a}"}, "b": {"nin": ["${claims.b}"]}}},
        "one": {"rows": {"a": {"in": ["${claims.a}", "${claims.b}"]}}},
        "cut": {"rows": {"a": "${claims.a}", "b": "${claims.b}"}, "columns": ["id", "a"]},
        "mask": {"rows": {"a": "${claims.a}", "b": "${claims.b}"}, "mask": {"a": "hash"}},
        "all": {"rows": "all"}}}\
      """;

  private static final Policies READ =
      Policies.read(
          JsonMapper.shared().readTree(POLICIES), new Seal(new byte[32]), new ArrayList<>());

  private static final List<String> ROLES =
      List.of("1", "1:1", "or", "in", "one", "cut", "mask", "all");

  private static final Position POSITION = Position.parse("e-1");

  private record Client(String role, Map<String, JsonNode> claims, @Nullable String where) {
    View view() {
      Scope scope = READ.access(role, claims).scope("orders").orElseThrow();
      return View.of(
          TABLE, scope, where == null ? null : JsonMapper.shared().readTree(where), null);
    }
  }

  private static String word(Random random) {
    StringBuilder word = new StringBuilder();
    for (int parts = random.nextInt(3); parts > 0; parts--) {
      word.append(PARTS.get(random.nextInt(PARTS.size())));
    }
    return word.toString();
  }

  private static JsonNode claim(Random random) {
    return switch (random.nextInt(6)) {
      case 0 -> JsonMapper.shared().valueToTree(List.of(word(random), word(random)));
      case 1 -> JsonMapper.shared().valueToTree(List.of(word(random)));
      case 2 -> JsonMapper.shared().valueToTree(random.nextInt(3));
      default -> JsonMapper.shared().valueToTree(word(random));
    };
  }

  private static Client client(Random random) {
    Map<String, JsonNode> claims = new HashMap<>();
    for (String name : List.of("a", "b")) {
      if (random.nextInt(8) > 0) {
        claims.put(name, claim(random));
      }
    }
    String role = ROLES.get(random.nextInt(ROLES.size()));
    String where =
        // These do not see both columns as they are.
        Set.of("cut", "mask").contains(role) || random.nextInt(3) > 0
            ? null
            : "{\"%s\":%s}"
                .formatted(
                    random.nextBoolean() ? "a" : "b",
                    JsonMapper.shared().writeValueAsString(word(random)));
    return new Client(role, claims, where);
  }

  private static List<Row> rows(Random random) {
    List<Row> rows = new ArrayList<>();
    for (int id = 0; id < 40; id++) {
      rows.add(
          Row.of(
              Map.of(
                  "id",
                  String.valueOf(id),
                  "a",
                  JsonMapper.shared().writeValueAsString(word(random)),
                  "b",
                  JsonMapper.shared().writeValueAsString(word(random)),
                  "c",
                  "\"\"")));
    }
    return rows;
  }

  /** Equal views share their messages, so they must show the same of every row. */
  @RepeatedTest(20)
  void equalViewsShowTheSame(RepetitionInfo repetition) {
    Random random = new Random(repetition.getCurrentRepetition());
    List<Row> rows = rows(random);
    Map<View, Client> known = new HashMap<>();
    int equal = 0;
    for (int i = 0; i < 3_000; i++) {
      Client client = client(random);
      View view = client.view();
      Client first = known.putIfAbsent(view, client);
      if (first == null || first.equals(client)) {
        continue;
      }
      equal++;
      assertThat(client.role()).as("%s and %s", first, client).isEqualTo(first.role());
      View other = first.view();
      assertThat(view.textOf(POSITION)).isEqualTo(other.textOf(POSITION));
      for (Row row : rows) {
        assertThat(view.matches(row)).as("%s and %s", first, client).isEqualTo(other.matches(row));
        assertThat(view.cut(row)).isEqualTo(other.cut(row));
      }
    }
    assertThat(equal).as("clients with equal views").isPositive();
  }

  /** A client's condition is no part of its rights, however it is written. */
  @Test
  void noConditionMakesTheViewOfAnotherClient() {
    Map<String, JsonNode> ann = claims("Ann", "x");
    Map<String, JsonNode> bob = claims("Bob", "x");
    View bobs = new Client("1", bob, null).view();
    for (String where :
        List.of(
            "{\"a\":\"Bob\",\"b\":\"x\"}",
            "{\"or\":[{\"a\":\"Bob\"},{\"a\":\"Ann\"}]}",
            "{\"a\":\"Ann\\\"] or[\\\"a\\\" in [\\\"Bob\"}",
            "{\"not\":{\"a\":\"Ann\"}}")) {
      View anns = new Client("1", ann, where).view();
      assertThat(anns).as(where).isNotEqualTo(bobs);
      assertThat(anns.matches(Row.of(Map.of("id", "1", "a", "\"Bob\"", "b", "\"x\"", "c", "null"))))
          .as(where)
          .isFalse();
    }
  }

  private static Map<String, JsonNode> claims(String a, String b) {
    return Map.of("a", JsonMapper.shared().valueToTree(a), "b", JsonMapper.shared().valueToTree(b));
  }
}
