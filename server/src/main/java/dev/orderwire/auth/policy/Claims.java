package dev.orderwire.auth.policy;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Claims as the values that columns are compared with. */
final class Claims {
  private Claims() {}

  /**
   * A claim to compare a column with.
   *
   * @return empty if it is missing, or not one value
   */
  static Optional<JsonNode> scalar(Map<String, JsonNode> claims, ClaimPath path) {
    return path.in(claims).filter(Claims::isValue);
  }

  /**
   * A claim as the values that a column may have: a list, or one value.
   *
   * @return empty if it is missing, or has something else in it
   */
  static Optional<JsonNode> list(Map<String, JsonNode> claims, ClaimPath path) {
    return path.in(claims)
        .map(claim -> claim.isArray() ? claim.valueStream().toList() : List.of(claim))
        .filter(items -> items.stream().allMatch(Claims::isValue))
        .map(items -> JsonMapper.shared().createArrayNode().addAll(items));
  }

  private static boolean isValue(JsonNode claim) {
    return claim.isString() || claim.isNumber() || claim.isBoolean();
  }
}
