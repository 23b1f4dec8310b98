package dev.orderwire.judge;

import static java.util.stream.Collectors.joining;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.DecimalNode;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.databind.node.StringNode;

/**
 * The condition of a view, in three languages: as the protocol has it, as SQL, and as a test of a
 * row of the change log. The last two are the judge's own.
 */
sealed interface Filter {
  ObjectNode json();

  String sql();

  /** True, false, or null for unknown, as in SQL. */
  @Nullable Boolean test(JsonNode row);

  /** How a comparison is written, in the protocol and in SQL. */
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
   * A column that conditions are about.
   *
   * @param text whether it holds text, not numbers
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

  /** A comparison with a value. */
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
  }

  /** One of some values. */
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
  }

  /** NULL, or not. */
  record Null(Field field, boolean wanted) implements Filter {
    @Override
    public ObjectNode json() {
      return Json.object().set(field.name(), Json.object().put("null", wanted));
    }

    @Override
    public String sql() {
      return "`" + field.name() + "` IS " + (wanted ? "NULL" : "NOT NULL");
    }

    @Override
    public Boolean test(JsonNode row) {
      return row.path(field.name()).isNull() == wanted;
    }
  }

  /** Both conditions. */
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
  }

  /** One of two conditions. */
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
  }

  /** The opposite. */
  record Not(Filter of) implements Filter {
    @Override
    public ObjectNode json() {
      return Json.object().set("not", of.json());
    }

    @Override
    public String sql() {
      return "(NOT " + of.sql() + ")";
    }

    @Override
    public @Nullable Boolean test(JsonNode row) {
      Boolean result = of.test(row);
      return result == null ? null : !result;
    }
  }
}
