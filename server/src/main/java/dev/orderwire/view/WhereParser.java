package dev.orderwire.view;

import dev.orderwire.change.Column;
import dev.orderwire.change.ErrorCode;
import dev.orderwire.change.OrderwireException;
import dev.orderwire.change.Table;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import tools.jackson.databind.JsonNode;

/**
 * Turns the JSON of a {@code where} into a condition on the rows of a table, within {@link
 * WhereLimits}. The words {@code and}, {@code or} and {@code not} take precedence over columns of
 * these names.
 */
final class WhereParser {
  private static final String EXAMPLE = "{\"status\":\"pending\"}";

  private final Table table;
  private final Scope scope;
  private final WhereLimits limits;

  /** Whether operators wrote it, and not a client. */
  private final boolean isPolicy;

  private int terms;
  private int values;

  private WhereParser(Table table, Scope scope, WhereLimits limits, boolean isPolicy) {
    this.table = scope.testable(table);
    this.scope = scope;
    this.limits = limits;
    this.isPolicy = isPolicy;
  }

  /** As {@link #parse(Table, Scope, JsonNode, WhereLimits)}, with all columns. */
  static Where parse(Table table, JsonNode where) {
    return parse(table, Scope.EVERYTHING, where, WhereLimits.DEFAULT);
  }

  /**
   * @param scope what the client may see of the table
   * @throws OrderwireException {@code unknown_column}, {@code masked_column}, {@code wrong_type},
   *     {@code unknown_operator}, {@code bad_where}
   */
  static Where parse(Table table, Scope scope, JsonNode where, WhereLimits limits) {
    return new WhereParser(table, scope, limits, false).conditions(where, 0);
  }

  /**
   * Parses the condition of a policy. Claims in it may be of any size, since tokens have a limit of
   * their own, and a number is compared with text by its digits.
   *
   * @throws OrderwireException as {@link #parse(Table, JsonNode)}
   */
  static Where parsePolicy(Table table, JsonNode where) {
    return new WhereParser(table, Scope.EVERYTHING, WhereLimits.DEFAULT, true).conditions(where, 0);
  }

  private Where conditions(JsonNode where, int depth) {
    limits.check(WhereLimit.LEVELS, depth);
    if (!where.isObject()) {
      throw bad(
          "a where, and each part of and, or and not, must be an object such as " + EXAMPLE, where);
    }
    List<Where> all = new ArrayList<>();
    where.forEachEntry((name, value) -> {
      limits.check(WhereLimit.CONDITIONS, ++terms);
      all.add(
          switch (name) {
            case "and" -> Where.and(parts(name, value, depth + 1));
            case "or" -> Where.or(parts(name, value, depth + 1));
            case "not" -> Where.not(conditions(value, depth + 1));
            default -> {
              scope.checkTestable(name);
              yield condition(new Field(Columns.named(name, table)), value);
            }
          });
    });
    return Where.and(all);
  }

  private List<Where> parts(String word, JsonNode list, int depth) {
    limits.check(WhereLimit.LEVELS, depth);
    if (!list.isArray()) {
      throw bad(word + " takes a list such as [" + EXAMPLE + "]", list);
    }
    List<Where> parts = new ArrayList<>();
    for (JsonNode part : list) {
      limits.check(WhereLimit.CONDITIONS, ++terms);
      parts.add(conditions(part, depth));
    }
    return parts;
  }

  private Where condition(Field field, JsonNode operators) {
    if (operators.isArray()) {
      throw bad("column " + field + " takes a value, or a list as {\"in\":[…]}", operators);
    }
    if (!operators.isObject()) {
      return equal(field, operators);
    }
    if (operators.isEmpty()) {
      throw bad("column " + field + " takes a value, or operators such as {\"gte\":…}", operators);
    }
    List<Where> all = new ArrayList<>();
    operators.forEachEntry((operator, operand) -> all.add(condition(field, operator, operand)));
    return Where.and(all);
  }

  private Where condition(Field field, String operator, JsonNode operand) {
    return switch (operator) {
      case "eq" -> equal(field, operand);
      case "ne" -> Where.not(equal(field, operand));
      case "lt" -> below(field, operand, false);
      case "lte" -> below(field, operand, true);
      case "gt" -> Where.not(below(field, operand, true));
      case "gte" -> Where.not(below(field, operand, false));
      case "in" -> in(field, operator, operand);
      case "nin" -> Where.not(in(field, operator, operand));
      case "null" -> {
        if (!operand.isBoolean()) {
          throw bad("null takes true or false", operand);
        }
        Where isNull = new Where.Null(field);
        yield operand.booleanValue() ? isNull : Where.not(isNull);
      }
      default ->
          throw new OrderwireException(
              ErrorCode.UNKNOWN_OPERATOR,
              "column %s has no operator %s; the operators are eq, ne, lt, lte, gt, gte, in, nin and null"
                  .formatted(field, shown(Value.quoted(operator))));
    };
  }

  private Where equal(Field field, JsonNode value) {
    return value.isNull()
        ? new Where.Null(field)
        : new Where.In(field, new TreeSet<>(List.of(value(field, value))));
  }

  private Where in(Field field, String operator, JsonNode list) {
    if (!list.isArray()) {
      throw bad(operator + " takes a list", list);
    }
    SortedSet<Value> read = new TreeSet<>();
    for (JsonNode value : list) {
      read.add(value(field, value));
    }
    return new Where.In(field, read);
  }

  private Where below(Field field, JsonNode bound, boolean included) {
    if (!field.type().isOrdered()) {
      throw wrongType(field, "has no order: it takes eq, ne, in, nin and null");
    }
    return new Where.Below(field, value(field, bound), included);
  }

  private Value value(Field field, JsonNode node) {
    String json =
        isPolicy && field.type() == ValueType.TEXT && !node.isString()
            ? Value.quoted(node.toString())
            : node.toString();
    if (!isPolicy) {
      limits.check(WhereLimit.VALUES, ++values);
      limits.check(WhereLimit.CHARACTERS, json.length());
    }
    if (node.isNull()) {
      throw wrongType(field, "compared with null is neither true nor false: use {\"null\":true}");
    }
    Value value = field.type().read(json);
    if (value == null) {
      throw wrongType(field, "takes " + field.type().expected() + ", not " + shown(json));
    }
    return value;
  }

  private static OrderwireException wrongType(Field field, String problem) {
    Column column = field.column();
    return new OrderwireException(
        ErrorCode.WRONG_TYPE, "column %s (%s) %s".formatted(field, column.type(), problem));
  }

  private static OrderwireException bad(String expected, JsonNode found) {
    return new OrderwireException(
        ErrorCode.BAD_WHERE, expected + ", not " + shown(found.toString()));
  }

  /** What the user sent, shortened if it is long. */
  private static String shown(String found) {
    int[] first = found.codePoints().limit(61).toArray();
    return first.length <= 60 ? found : new String(first, 0, 60) + "…";
  }
}
