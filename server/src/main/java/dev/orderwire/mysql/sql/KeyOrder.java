package dev.orderwire.mysql.sql;

import dev.orderwire.change.Column;
import dev.orderwire.change.ErrorCode;
import dev.orderwire.change.Key;
import dev.orderwire.change.OrderwireException;
import dev.orderwire.change.Table;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The order of a snapshot's rows, and the condition that continues after a row. Rows are ordered by
 * the key, compared as MySQL compares it, so that MySQL can use the key's index.
 */
public final class KeyOrder {
  private static final Pattern DECIMAL = Pattern.compile("decimal\\(\\d+,\\d+\\)");
  private static final JsonMapper JSON = JsonMapper.shared();

  private KeyOrder() {}

  /** The expressions of the ORDER BY clause. */
  public static String of(Table table) {
    return keyColumns(table).stream().map(KeyOrder::ordered).collect(Collectors.joining(", "));
  }

  /**
   * The rows after {@code key} in this order.
   *
   * @throws OrderwireException {@code bad_key}
   */
  public static SqlCondition after(Table table, Key key) {
    return beyond(table, key, ">");
  }

  /**
   * The row of {@code key} and the rows after it in this order.
   *
   * @throws OrderwireException {@code bad_key}
   */
  public static SqlCondition from(Table table, Key key) {
    return beyond(table, key, ">=");
  }

  /**
   * The row of {@code key} alone.
   *
   * @throws OrderwireException {@code bad_key}
   */
  public static SqlCondition at(Table table, Key key) {
    return SqlCondition.and(
        keyColumns(table).stream()
            .map(column -> compared(column, "=", text(table, key, column)))
            .toList());
  }

  private static SqlCondition beyond(Table table, Key key, String last) {
    if (!key.columns().cells().keySet().equals(Set.copyOf(table.key()))) {
      throw badKey(
          table,
          "expected the columns %s, found %s"
              .formatted(table.key(), key.columns().cells().keySet()),
          null);
    }
    List<SqlCondition> steps = new ArrayList<>();
    List<SqlCondition> equal = new ArrayList<>();
    List<Column> columns = keyColumns(table);
    for (Column column : columns) {
      String operator = steps.size() == columns.size() - 1 ? last : ">";
      String value = text(table, key, column);
      List<SqlCondition> step = new ArrayList<>(equal);
      step.add(compared(column, operator, value));
      steps.add(SqlCondition.and(step));
      equal.add(compared(column, "=", value));
    }
    return SqlCondition.or(steps);
  }

  private static SqlCondition compared(Column column, String operator, String value) {
    return new SqlCondition(
        ordered(column) + " " + operator + " " + decoded(column), List.of(value));
  }

  /**
   * True for a key that MySQL cannot compare, as a value of it decodes to NULL: no row would be
   * after it.
   *
   * @throws OrderwireException {@code bad_key}
   */
  public static SqlCondition incomparable(Table table, Key key) {
    return SqlCondition.or(
        keyColumns(table).stream()
            .map(column ->
                new SqlCondition(decoded(column) + " IS NULL", List.of(text(table, key, column))))
            .toList());
  }

  private static List<Column> keyColumns(Table table) {
    return table.key().stream().map(name -> table.column(name).orElseThrow()).toList();
  }

  private static String text(Table table, Key key, Column column) {
    String json = key.columns().cells().get(column.name());
    JsonNode value;
    try {
      value = JSON.readTree(json);
    } catch (JacksonException e) {
      throw badKey(table, "the value of " + column.name() + " is not valid JSON", e);
    }
    if (value.isString()) {
      return value.stringValue();
    }
    if (value.isNumber()) {
      return value.toString();
    }
    throw badKey(
        table,
        "expected a string or a number for %s, found %s"
            .formatted(column.name(), value.getNodeType().name().toLowerCase(Locale.ROOT)),
        null);
  }

  private static OrderwireException badKey(Table table, String why, @Nullable Throwable cause) {
    return new OrderwireException(
        ErrorCode.BAD_KEY, "not a key of table \"%s\": %s".formatted(table.name(), why), cause);
  }

  /** MySQL sorts ENUM and SET by number but compares them by text; this does both by text. */
  private static String ordered(Column column) {
    String name = Sql.quote(column.name());
    return switch (column.dataType()) {
      case "enum", "set" -> "CONVERT(" + name + " USING utf8mb4) COLLATE utf8mb4_bin";
      default -> name;
    };
  }

  /**
   * Converts the text that {@link Encoding} makes of a value back to a value that MySQL compares.
   */
  private static String decoded(Column column) {
    return switch (column.dataType()) {
      case "tinyint", "smallint", "mediumint", "int", "bigint" ->
          column.type().contains("unsigned") ? "CAST(? AS UNSIGNED)" : "CAST(? AS SIGNED)";
      case "bit", "year" -> "CAST(? AS UNSIGNED)";
      case "decimal" -> {
        Matcher precision = DECIMAL.matcher(column.type());
        yield "CAST(? AS " + (precision.find() ? precision.group() : "decimal(65,30)") + ")";
      }
      case "float", "double" -> "(? + 0e0)";
      case "date" -> "CAST(? AS DATE)";
      case "time" -> "CAST(? AS TIME(6))";
      case "datetime" -> "CAST(? AS DATETIME(6))";
      case "timestamp" -> "CAST(TRIM(TRAILING 'Z' FROM ?) AS DATETIME(6))";
      case "binary", "varbinary", "tinyblob", "blob", "mediumblob", "longblob" -> "FROM_BASE64(?)";
      default -> "?";
    };
  }
}
