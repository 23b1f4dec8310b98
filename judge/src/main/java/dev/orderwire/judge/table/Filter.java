package dev.orderwire.judge.table;

import static java.util.stream.Collectors.joining;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.DecimalNode;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.databind.node.StringNode;

/**
 * The filter of a view in three forms: as the protocol's {@code where}, as an SQL condition, and as
 * a test of a row in the change log. The last two do not use the server's code.
 */
public sealed interface Filter {
  ObjectNode json();

  String sql();

  /** Returns true, false, or null for SQL's UNKNOWN. */
  @Nullable Boolean test(JsonNode row);

  /** The names of the columns that it tests. */
  Set<String> columns();

  /** Comparison operators; their names are those of the protocol. */
  enum Operator {
    EQ("="),
    NE("<>"),
    LT("<"),
    LTE("<="),
    GT(">"),
    GTE(">=");

    final String sql;

    Operator(String sql) {
      this.sql = sql;
    }

    boolean holds(int comparison) {
      return switch (this) {
        case EQ -> comparison == 0;
        case NE -> comparison != 0;
        case LT -> comparison < 0;
        case LTE -> comparison <= 0;
        case GT -> comparison > 0;
        case GTE -> comparison >= 0;
      };
    }
  }

  /**
   * A column that a filter compares.
   *
   * @param text whether it holds text rather than numbers
   */
  record Field(String name, boolean text) {
    JsonNode json(String value) {
      return text ? StringNode.valueOf(value) : DecimalNode.valueOf(new BigDecimal(value));
    }

    String sql() {
      return text ? bytes("CONVERT(`" + name + "` USING utf8mb4)") : "`" + name + "`";
    }

    String literal(String value) {
      return text ? bytes("'" + value.replace("\\", "\\\\").replace("'", "''") + "'") : value;
    }

    private static String bytes(String text) {
      return "CAST(" + text + " AS BINARY)";
    }

    @Nullable Integer compare(JsonNode row, String value) {
      JsonNode cell = row.path(name);
      if (cell.isNull()) {
        return null;
      }
      return text
          ? Arrays.compareUnsigned(utf8(cell.stringValue()), utf8(value))
          : Integer.valueOf(new BigDecimal(cell.asString()).compareTo(new BigDecimal(value)));
    }

    private static byte[] utf8(String text) {
      return text.getBytes(StandardCharsets.UTF_8);
    }
  }

  /** Compares a column with a value. */
  record Compare(Field field, Operator operator, String value) implements Filter {
    @Override
    public ObjectNode json() {
      String name = operator.name().toLowerCase(Locale.ROOT);
      return Json.object().set(field.name(), Json.object().set(name, field.json(value)));
    }

    @Override
    public String sql() {
      return field.sql() + " " + operator.sql + " " + field.literal(value);
    }

    @Override
    public @Nullable Boolean test(JsonNode row) {
      Integer comparison = field.compare(row, value);
      return comparison == null ? null : operator.holds(comparison);
    }

    @Override
    public Set<String> columns() {
      return Set.of(field.name());
    }
  }

  /** Tests whether a column has one of several values. */
  record In(Field field, List<String> values) implements Filter {
    @Override
    public ObjectNode json() {
      ArrayNode list = Json.array();
      values.forEach(value -> list.add(field.json(value)));
      return Json.object().set(field.name(), Json.object().set("in", list));
    }

    @Override
    public String sql() {
      return values.stream().map(field::literal).collect(joining(", ", field.sql() + " IN (", ")"));
    }

    @Override
    public @Nullable Boolean test(JsonNode row) {
      return row.path(field.name()).isNull()
          ? null
          : values.stream().anyMatch(value -> Integer.valueOf(0).equals(field.compare(row, value)));
    }

    @Override
    public Set<String> columns() {
      return Set.of(field.name());
    }
  }

  /** Tests whether a column is NULL, or is not. */
  record Null(Field field, boolean isNull) implements Filter {
    @Override
    public ObjectNode json() {
      return Json.object().set(field.name(), Json.object().put("null", isNull));
    }

    @Override
    public String sql() {
      return "`" + field.name() + "` IS " + (isNull ? "NULL" : "NOT NULL");
    }

    @Override
    public Boolean test(JsonNode row) {
      return row.path(field.name()).isNull() == isNull;
    }

    @Override
    public Set<String> columns() {
      return Set.of(field.name());
    }
  }

  /** True where both filters are. */
  record And(Filter first, Filter second) implements Filter {
    @Override
    public ObjectNode json() {
      return Json.object().set("and", Json.array().add(first.json()).add(second.json()));
    }

    @Override
    public String sql() {
      return "(" + first.sql() + " AND " + second.sql() + ")";
    }

    @Override
    public @Nullable Boolean test(JsonNode row) {
      Boolean left = first.test(row);
      Boolean right = second.test(row);
      if (Boolean.FALSE.equals(left) || Boolean.FALSE.equals(right)) {
        return false;
      }
      return (left == null || right == null) ? null : Boolean.TRUE;
    }

    @Override
    public Set<String> columns() {
      return union(first, second);
    }
  }

  /** True where one of two filters is. */
  record Or(Filter first, Filter second) implements Filter {
    @Override
    public ObjectNode json() {
      return Json.object().set("or", Json.array().add(first.json()).add(second.json()));
    }

    @Override
    public String sql() {
      return "(" + first.sql() + " OR " + second.sql() + ")";
    }

    @Override
    public @Nullable Boolean test(JsonNode row) {
      Boolean left = first.test(row);
      Boolean right = second.test(row);
      if (Boolean.TRUE.equals(left) || Boolean.TRUE.equals(right)) {
        return true;
      }
      return (left == null || right == null) ? null : Boolean.FALSE;
    }

    @Override
    public Set<String> columns() {
      return union(first, second);
    }
  }

  /** True where the filter is false. */
  record Not(Filter negated) implements Filter {
    @Override
    public ObjectNode json() {
      return Json.object().set("not", negated.json());
    }

    @Override
    public String sql() {
      return "(NOT " + negated.sql() + ")";
    }

    @Override
    public @Nullable Boolean test(JsonNode row) {
      Boolean result = negated.test(row);
      return result == null ? null : !result;
    }

    @Override
    public Set<String> columns() {
      return negated.columns();
    }
  }

  /**
   * Tests whether a column has one of the values that a lookup holds for a claim: the groups of a
   * team in {@link MemberTable}. They change, so that only SQL can tell.
   */
  record InLookup(Field field, String team) implements Filter {
    @Override
    public ObjectNode json() {
      throw new UnsupportedOperationException("clients have no lookups");
    }

    @Override
    public String sql() {
      return "%s IN (SELECT grp FROM member WHERE team = %s)".formatted(field.sql(), team);
    }

    @Override
    public @Nullable Boolean test(JsonNode row) {
      return null;
    }

    @Override
    public Set<String> columns() {
      return Set.of(field.name());
    }
  }

  /** Never true. */
  record Nothing() implements Filter {
    @Override
    public ObjectNode json() {
      return Json.object().set("or", Json.array());
    }

    @Override
    public String sql() {
      return "FALSE";
    }

    @Override
    public Boolean test(JsonNode row) {
      return false;
    }

    @Override
    public Set<String> columns() {
      return Set.of();
    }
  }

  private static Set<String> union(Filter first, Filter second) {
    Set<String> names = new HashSet<>(first.columns());
    names.addAll(second.columns());
    return names;
  }
}
