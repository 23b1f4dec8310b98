package dev.orderwire.auth.policy;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.StringNode;

/** Claims as the values that columns are compared with. */
final class Claims {
  private Claims() {}

  /**
   * A claim to compare a column with, as text: a column of numbers takes digits in quotes, and a
   * column of text takes nothing else.
   *
   * @return empty if it is missing, or not one value
   */
  static Optional<JsonNode> scalar(Map<String, JsonNode> claims, ClaimPath path) {
    return path.in(claims).flatMap(Claims::text);
  }

  /** A claim as the values that a column may have: a list, or one value. */
  static Optional<JsonNode> list(Map<String, JsonNode> claims, ClaimPath path) {
    return path.in(claims)
        .flatMap(claim -> {
          ArrayNode values = JsonMapper.shared().createArrayNode();
          for (JsonNode item : claim.isArray() ? claim.values() : List.of(claim)) {
            Optional<JsonNode> value = text(item);
            if (value.isEmpty()) {
              return Optional.empty();
            }
            values.add(value.get());
          }
          return Optional.of(values);
        });
  }

  private static Optional<JsonNode> text(JsonNode value) {
    if (value.isString()) {
      return Optional.of(value);
    }
    return value.isNumber() || value.isBoolean()
        ? Optional.of(StringNode.valueOf(value.toString()))
        : Optional.empty();
  }
}
