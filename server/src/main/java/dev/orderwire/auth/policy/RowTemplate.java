package dev.orderwire.auth.policy;

import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The condition of the rows that a role may see: a {@code where} in which the text {@code
 * ${claims.NAME}} stands for a claim of the client.
 */
final class RowTemplate {
  private static final Pattern CLAIM = Pattern.compile("\\$\\{(claims\\.[^{}$\"]+)}");
  private static final String OPEN = "${";

  /** The words that hold conditions, where other names are those of columns. */
  private static final Set<String> JUNCTIONS = Set.of("and", "or", "not");

  private final JsonNode json;

  /** By their texts. */
  private final SortedMap<String, ClaimPath> claims = new TreeMap<>();

  /**
   * @throws IllegalArgumentException with what is wrong with it
   */
  RowTemplate(JsonNode json) {
    this.json = json;
    collect(json);
  }

  private void collect(JsonNode node) {
    if (node.isString()) {
      String text = node.stringValue();
      Matcher claim = CLAIM.matcher(text);
      if (claim.matches()) {
        claims.put(claim.group(1), ClaimPath.parse(claim.group(1)));
      } else if (text.contains(OPEN)) {
        throw new IllegalArgumentException(
            "has '%s', but a claim must stand alone, as in \"${claims.sub}\"".formatted(text));
      }
    }
    for (String name : node.propertyNames()) {
      if (name.contains(OPEN)) {
        throw new IllegalArgumentException("has '%s' as the name of a column".formatted(name));
      }
    }
    node.forEach(this::collect);
  }

  /** Its claims, in a fixed order. */
  Collection<ClaimPath> claims() {
    return claims.values();
  }

  /**
   * The condition for a client.
   *
   * @return empty if the client lacks one of the claims: it then sees no rows
   */
  Optional<JsonNode> fill(Map<String, JsonNode> of) {
    for (ClaimPath claim : claims.values()) {
      if (claim.in(of).isEmpty()) {
        return Optional.empty();
      }
    }
    return fill(json, of);
  }

  private static Optional<JsonNode> fill(JsonNode node, Map<String, JsonNode> of) {
    if (node.isString()) {
      Matcher claim = CLAIM.matcher(node.stringValue());
      return claim.matches()
          ? Claims.scalar(of, ClaimPath.parse(claim.group(1)))
          : Optional.of(node);
    }
    if (node.isArray()) {
      ArrayNode filled = JsonMapper.shared().createArrayNode();
      for (JsonNode item : node) {
        Optional<JsonNode> value = fill(item, of);
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
          isList(entry.getKey()) ? list(entry.getValue(), of) : fill(entry.getValue(), of);
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
  private static Optional<JsonNode> list(JsonNode operand, Map<String, JsonNode> of) {
    if (operand.isString()) {
      Matcher claim = CLAIM.matcher(operand.stringValue());
      if (claim.matches()) {
        return Claims.list(of, ClaimPath.parse(claim.group(1)));
      }
    }
    return fill(operand, of);
  }

  /** The condition without its claims, to check the rest of it against a table. */
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
            !JUNCTIONS.contains(name) && testsClaim(value)
                ? JsonMapper.shared().createObjectNode().put("null", true)
                : sample(value)));
    return conditions;
  }

  /** Whether the condition on a column compares with a claim. */
  private static boolean testsClaim(JsonNode condition) {
    return isClaim(condition) || condition.valueStream().anyMatch(RowTemplate::testsClaim);
  }

  private static boolean isClaim(JsonNode value) {
    return value.isString() && CLAIM.matcher(value.stringValue()).matches();
  }
}
