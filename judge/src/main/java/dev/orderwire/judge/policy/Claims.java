package dev.orderwire.judge.policy;

import dev.orderwire.judge.run.SeededRandom;
import dev.orderwire.judge.table.Filter.Field;
import dev.orderwire.judge.table.Json;
import dev.orderwire.judge.table.WatchedTable;
import dev.orderwire.judge.table.WatchedTables;
import java.math.BigDecimal;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.DecimalNode;
import tools.jackson.databind.node.StringNode;

/** Random claims: values of the columns that policies compare with them, and now and then none. */
final class Claims {
  /**
   * A claim.
   *
   * @param list whether it has several values
   */
  private record Kind(String name, String table, Field field, boolean list) {}

  private static final List<Kind> KINDS =
      List.of(
          one("grp", "item", false),
          one("status", "item", true),
          one("owner", "account", true),
          one("branch", "account", false),
          one("kind", "stock", true),
          one("flag", "doc", false),
          new Kind("least", "stock", new Field("qty", false), false),
          new Kind("groups", "item", new Field("grp", false), true),
          new Kind("sites", "stock", new Field("site", true), true),
          new Kind("team", "member", new Field("team", false), false),
          new Kind("marks", "doc", new Field("mark", true), true));

  private Claims() {}

  private static Kind one(String name, String table, boolean text) {
    return new Kind(name, table, new Field(name, text), false);
  }

  static Map<String, JsonNode> next(SeededRandom random) {
    Map<String, JsonNode> claims = new HashMap<>();
    for (Kind kind : KINDS) {
      if (!random.percent(3)) {
        claims.put(kind.name(), claim(kind, random));
      }
    }
    return claims;
  }

  /** The same claims, but for about half of them. */
  static Map<String, JsonNode> changed(Map<String, JsonNode> claims, SeededRandom random) {
    Map<String, JsonNode> changed = new HashMap<>(claims);
    next(random)
        .forEach((name, value) -> {
          if (random.percent(50)) {
            changed.put(name, value);
          }
        });
    return changed;
  }

  private static JsonNode claim(Kind kind, SeededRandom random) {
    if (!kind.list()) {
      return value(kind, random);
    }
    ArrayNode list = Json.array();
    for (int i = random.below(9); i > 0; i--) {
      list.add(value(kind, random));
    }
    return list.size() == 1 && random.percent(50) ? list.get(0) : list;
  }

  private static JsonNode value(Kind kind, SeededRandom random) {
    if (random.percent(2)) {
      return StringNode.valueOf("no such value");
    }
    WatchedTable table =
        WatchedTables.ALL.stream()
            .filter(each -> each.name().equals(kind.table()))
            .findFirst()
            .orElseThrow();
    String value = table.value(kind.field(), random);
    // The digits of a number are a value of its column too.
    return kind.field().text() || (random.percent(30) && !kind.name().equals("flag"))
        ? StringNode.valueOf(value)
        : DecimalNode.valueOf(new BigDecimal(value));
  }
}
