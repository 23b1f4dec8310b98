package dev.orderwire.auth.policy;

import java.util.Collection;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.BooleanNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The condition of the rows that a role may see: a {@code where} in which the text {@code
 * ${claims.NAME}} stands for a claim of the client, and {@code ${lookup.NAME}}, as the operand of
 * {@code in}, for a set of values that is looked up for it.
 */
final class RowTemplate {
  private static final Pattern CLAIM = Pattern.compile("\\$\\{(claims\\.[^{}$\"]+)}");
  private static final Pattern LOOKUP = Pattern.compile("\\$\\{lookup\\.([A-Za-z0-9_-]+)}");
  private static final String OPEN = "${";

  /** The words that hold conditions, where other names are those of columns. */
  private static final Set<String> JUNCTIONS = Set.of("and", "or", "not");

  /** The operators that compare with one value. */
  private static final Set<String> ONE_VALUE = Set.of("eq", "ne", "lt", "lte", "gt", "gte");

  private static final String IS_NULL = "null";

  private final JsonNode json;

  /** By their texts. */
  private final SortedMap<String, ClaimPath> claims = new TreeMap<>();

  /** The names of its lookups. */
  private final SortedSet<String> lookups = new TreeSet<>();

  /**
   * @throws IllegalArgumentException with what is wrong with it
   */
  RowTemplate(JsonNode json) {
    this.json = json;
    collect("", json);
  }

  /**
   * @param name of the value: a column or an operator
   */
  private void collect(String name, JsonNode node) {
    if (node.isString()) {
      String text = node.stringValue();
      Matcher claim = CLAIM.matcher(text);
      Matcher lookup = LOOKUP.matcher(text);
      if (lookup.matches()) {
        if (!name.equals("in")) {
          throw new IllegalArgumentException(
              "has '%s', but a lookup is a set: write {\"in\": \"%s\"}".formatted(text, text));
        }
        lookups.add(lookup.group(1));
      } else if (claim.matches()) {
        claims.put(claim.group(1), ClaimPath.parse(claim.group(1)));
      } else if (text.contains(OPEN)) {
        throw new IllegalArgumentException(
            "has '%s', but a claim or a lookup must stand alone, as in \"${claims.sub}\""
                .formatted(text));
      }
    }
    for (String property : node.propertyNames()) {
      if (property.contains(OPEN)) {
        throw new IllegalArgumentException("has '%s' as the name of a column".formatted(property));
      }
      collect(property, node.get(property));
    }
    node.valueStream().filter(_ -> node.isArray()).forEach(item -> collect("", item));
  }

  /** The names of its lookups, in a fixed order. */
  SortedSet<String> lookups() {
    return Collections.unmodifiableSortedSet(lookups);
  }

  /** Its claims, in a fixed order. */
  Collection<ClaimPath> claims() {
    return claims.values();
  }

  /**
   * The condition for a client.
   *
   * @param sets the lists of values of its lookups, by name
   * @return empty if the client lacks one of the claims or sets: it then sees no rows
   */
  Optional<JsonNode> fill(Map<String, JsonNode> of, Map<String, JsonNode> sets) {
    for (ClaimPath claim : claims.values()) {
      if (claim.in(of).isEmpty()) {
        return Optional.empty();
      }
    }
    return fill(json, of, sets);
  }

  private static Optional<JsonNode> fill(
      JsonNode node, Map<String, JsonNode> of, Map<String, JsonNode> sets) {
    if (node.isString()) {
      Matcher claim = CLAIM.matcher(node.stringValue());
      return claim.matches()
          ? Claims.scalar(of, ClaimPath.parse(claim.group(1)))
          : Optional.of(node);
    }
    if (node.isArray()) {
      ArrayNode filled = JsonMapper.shared().createArrayNode();
      for (JsonNode item : node) {
        Optional<JsonNode> value = fill(item, of, sets);
        if (value.isEmpty()) {
          return Optional.empty();
        }
        filled.add(value.get());
      }
      return Optional.of(filled);
    }
    if (!node.isObject()) {
      return Optional.of(node);
    }
    ObjectNode filled = JsonMapper.shared().createObjectNode();
    for (Map.Entry<String, JsonNode> entry : node.properties()) {
      Optional<JsonNode> value =
          isList(entry.getKey())
              ? list(entry.getValue(), of, sets)
              : fill(entry.getValue(), of, sets);
      if (value.isEmpty()) {
        return Optional.empty();
      }
      filled.set(entry.getKey(), value.get());
    }
    return Optional.of(filled);
  }

  private static boolean isList(String operator) {
    return operator.equals("in") || operator.equals("nin");
  }

  /** The operand of an operator that takes a list: the claim may be a list too. */
  private static Optional<JsonNode> list(
      JsonNode operand, Map<String, JsonNode> of, Map<String, JsonNode> sets) {
    if (operand.isString()) {
      Matcher lookup = LOOKUP.matcher(operand.stringValue());
      if (lookup.matches()) {
        return Optional.ofNullable(sets.get(lookup.group(1)));
      }
      Matcher claim = CLAIM.matcher(operand.stringValue());
      if (claim.matches()) {
        return Claims.list(of, ClaimPath.parse(claim.group(1)));
      }
    }
    return fill(operand, of, sets);
  }

  /**
   * The condition without its claims and lookups, to check the rest of it against a table. What no
   * claim makes valid stays in it, such as an unknown operator.
   */
  JsonNode sample() {
    return sample(json);
  }

  private static JsonNode sample(JsonNode node) {
    if (node.isArray()) {
      ArrayNode items = JsonMapper.shared().createArrayNode();
      node.forEach(item -> items.add(sample(item)));
      return items;
    }
    if (!node.isObject()) {
      return node;
    }
    ObjectNode conditions = JsonMapper.shared().createObjectNode();
    node.forEachEntry((name, value) ->
        conditions.set(
            name,
            JUNCTIONS.contains(name) || value.isArray() ? sample(value) : sampleOfColumn(value)));
    return conditions;
  }

  private static JsonNode sampleOfColumn(JsonNode condition) {
    ObjectNode operators = JsonMapper.shared().createObjectNode();
    if (isPlaceholder(condition)) {
      return operators.put(IS_NULL, true);
    }
    if (!condition.isObject()) {
      return condition;
    }
    condition.forEachEntry((operator, operand) -> {
      if (isList(operator)) {
        operators.set(
            operator,
            isPlaceholder(operand)
                ? JsonMapper.shared().createArrayNode()
                : withoutPlaceholders(operand));
      } else if (ONE_VALUE.contains(operator) && isPlaceholder(operand)) {
        // The column's type says what a claim must be: another one selects no rows.
        operators.putIfAbsent(IS_NULL, BooleanNode.TRUE);
      } else {
        operators.set(operator, operand);
      }
    });
    return operators;
  }

  private static JsonNode withoutPlaceholders(JsonNode list) {
    if (!list.isArray()) {
      return list;
    }
    ArrayNode values = JsonMapper.shared().createArrayNode();
    list.valueStream().filter(value -> !isPlaceholder(value)).forEach(values::add);
    return values;
  }

  private static boolean isPlaceholder(JsonNode value) {
    return value.isString()
        && (CLAIM.matcher(value.stringValue()).matches()
            || LOOKUP.matcher(value.stringValue()).matches());
  }
}
