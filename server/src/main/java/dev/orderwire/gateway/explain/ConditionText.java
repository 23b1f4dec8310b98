package dev.orderwire.gateway.explain;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import tools.jackson.databind.JsonNode;

/** Conditions in words. */
final class ConditionText {
  private static final int LONGEST_LIST = 10;
  private static final String HIDDEN = "a condition holds on a column that the role does not show";

  private final Predicate<String> shown;

  private ConditionText(Predicate<String> shown) {
    this.shown = shown;
  }

  /**
   * A condition that a {@code where} or a policy has passed to a view.
   *
   * @param shown whether a column, and what it is compared with, may be named
   */
  static String of(JsonNode condition, Predicate<String> shown) {
    return new ConditionText(shown).all(condition);
  }

  private String all(JsonNode condition) {
    List<String> parts = new ArrayList<>();
    condition.forEachEntry((name, value) ->
        parts.add(
            switch (name) {
              case "and" -> joined(value, " and ", "all are shown");
              case "or" -> joined(value, " or ", "none is shown");
              case "not" -> "not (" + all(value) + ")";
              default -> shown.test(name) ? column(name, value) : HIDDEN;
            }));
    return parts.isEmpty() ? "all are shown" : String.join(" and ", parts);
  }

  private String joined(JsonNode list, String word, String ofNone) {
    List<String> parts = list.valueStream().map(this::all).toList();
    return switch (parts.size()) {
      case 0 -> ofNone;
      case 1 -> parts.getFirst();
      default -> "(" + String.join(word, parts) + ")";
    };
  }

  private static String column(String name, JsonNode value) {
    if (!value.isObject()) {
      return compared(name, "eq", value);
    }
    List<String> parts = new ArrayList<>();
    value.forEachEntry((operator, operand) -> parts.add(compared(name, operator, operand)));
    return String.join(" and ", parts);
  }

  private static String compared(String name, String operator, JsonNode operand) {
    return name
        + switch (operator) {
          case "eq" -> operand.isNull() ? " is NULL" : " is " + operand;
          case "ne" -> operand.isNull() ? " is not NULL" : " is not " + operand;
          case "lt" -> " < " + operand;
          case "lte" -> " <= " + operand;
          case "gt" -> " > " + operand;
          case "gte" -> " >= " + operand;
          case "in" -> " is one of " + list(operand);
          case "nin" -> " is none of " + list(operand);
          case "null" -> operand.booleanValue() ? " is NULL" : " is not NULL";
          default -> throw new IllegalArgumentException("no operator of a view: " + operator);
        };
  }

  private static String list(JsonNode values) {
    if (values.isEmpty()) {
      // Such as the set of a lookup that finds nothing for the client.
      return "no values";
    }
    List<String> first = values.valueStream().limit(LONGEST_LIST).map(JsonNode::toString).toList();
    String text = String.join(", ", first);
    return values.size() <= LONGEST_LIST
        ? "(" + text + ")"
        : String.format(Locale.ROOT, "(%s, … %,d in all)", text, values.size());
  }
}
