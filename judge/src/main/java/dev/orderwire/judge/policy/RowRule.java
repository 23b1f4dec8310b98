package dev.orderwire.judge.policy;

import dev.orderwire.judge.table.Filter;
import dev.orderwire.judge.table.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.BinaryOperator;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** The rows that a role may see, in two forms: as a setting, and as a filter for given claims. */
sealed interface RowRule {
  JsonNode setting();

  /**
   * The filter for these claims; null if one of them is missing or cannot be a value of its column:
   * then the client sees no rows.
   */
  @Nullable Filter filter(Map<String, JsonNode> claims);

  /** Compares a column with a claim. */
  record ByClaim(Filter.Field field, Filter.Operator operator, String claim) implements RowRule {
    @Override
    public JsonNode setting() {
      String name = operator.name().toLowerCase(Locale.ROOT);
      String placeholder = placeholder(claim);
      return operator == Filter.Operator.EQ
          ? Json.object().put(field.name(), placeholder)
          : Json.object().set(field.name(), Json.object().put(name, placeholder));
    }

    @Override
    public @Nullable Filter filter(Map<String, JsonNode> claims) {
      String value = value(field, claims.get(claim));
      return value == null ? null : new Filter.Compare(field, operator, value);
    }
  }

  /** Tests whether a column has one of the values of a claim. */
  record InClaim(Filter.Field field, String claim) implements RowRule {
    @Override
    public JsonNode setting() {
      return Json.object().set(field.name(), Json.object().put("in", placeholder(claim)));
    }

    @Override
    public @Nullable Filter filter(Map<String, JsonNode> claims) {
      JsonNode found = claims.get(claim);
      if (found == null) {
        return null;
      }
      List<String> values = new ArrayList<>();
      for (JsonNode each : found.isArray() ? found : Json.array().add(found)) {
        String value = value(field, each);
        if (value == null) {
          return null;
        }
        values.add(value);
      }
      return values.isEmpty() ? new Filter.Nothing() : new Filter.In(field, values);
    }
  }

  /** Tests whether a column has one of the values of the lookup, for a claim. */
  record InLookup(Filter.Field field, String claim) implements RowRule {
    /** The lookup in the settings. */
    static final String LOOKUP = "groups";

    @Override
    public JsonNode setting() {
      String placeholder = "${lookup." + LOOKUP + "}";
      return Json.object().set(field.name(), Json.object().put("in", placeholder));
    }

    @Override
    public @Nullable Filter filter(Map<String, JsonNode> claims) {
      String team = value(new Filter.Field(claim, false), claims.get(claim));
      return team == null ? null : new Filter.InLookup(field, team);
    }
  }

  /** A condition that is the same for all clients. */
  record Always(Filter filter) implements RowRule {
    @Override
    public JsonNode setting() {
      return filter.json();
    }

    @Override
    public Filter filter(Map<String, JsonNode> claims) {
      return filter;
    }
  }

  /** Both rules. */
  static RowRule both(RowRule first, RowRule second) {
    return new Joined("and", Filter.And::new, first, second);
  }

  /** One of the rules, or both. */
  static RowRule either(RowRule first, RowRule second) {
    return new Joined("or", Filter.Or::new, first, second);
  }

  /** Created by {@link #both} and {@link #either}. */
  record Joined(String word, BinaryOperator<Filter> join, RowRule first, RowRule second)
      implements RowRule {
    @Override
    public JsonNode setting() {
      return Json.object().set(word, Json.array().add(first.setting()).add(second.setting()));
    }

    @Override
    public @Nullable Filter filter(Map<String, JsonNode> claims) {
      Filter left = first.filter(claims);
      Filter right = second.filter(claims);
      return left == null || right == null ? null : join.apply(left, right);
    }
  }

  static String placeholder(String claim) {
    return "${claims." + claim + "}";
  }

  /** A claim as a value of a column; null if it cannot be one. */
  private static @Nullable String value(Filter.Field field, @Nullable JsonNode claim) {
    if (claim == null) {
      return null;
    }
    if (field.text()) {
      return claim.isString() ? claim.stringValue() : null;
    }
    String digits = claim.isNumber() || claim.isString() ? claim.asString() : "";
    return digits.matches("-?[0-9]{1,30}") ? digits : null;
  }
}
