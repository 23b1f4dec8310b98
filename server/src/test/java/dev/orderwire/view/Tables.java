package dev.orderwire.view;

import dev.orderwire.change.Column;
import dev.orderwire.change.Row;
import dev.orderwire.change.Table;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Tables and rows for the tests of views. */
public final class Tables {
  /** As many values as a where may have. */
  public static final int MOST_VALUES = WhereLimit.VALUES.number();

  private static final JsonMapper JSON =
      JsonMapper.builder().enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS).build();

  private static final Set<String> TEXTS = Set.of("char", "varchar", "text", "enum", "set");

  /** Like the demo's table of orders, with fewer columns. */
  public static final Table ORDERS =
      table(
          "orders",
          "id",
          "bigint unsigned",
          "status",
          "varchar(20)",
          "amount",
          "decimal(10,2)",
          "note",
          "text",
          "paid",
          "tinyint(1)",
          "doc",
          "json");

  private Tables() {}

  /** Each column's name and type in turn; the first column is the key. */
  public static Table table(String name, String... columns) {
    List<Column> shape = new ArrayList<>();
    for (int i = 0; i < columns.length; i += 2) {
      shape.add(column(columns[i], columns[i + 1]));
    }
    return new Table(name, shape, List.of(columns[0]));
  }

  static Column column(String name, String type) {
    String dataType = type.split("[ (]", 2)[0];
    return new Column(name, type, dataType, TEXTS.contains(dataType) ? "utf8mb4" : "");
  }

  /** Each column's name and JSON in turn. */
  static Row row(String... cells) {
    Map<String, String> byColumn = new LinkedHashMap<>();
    for (int i = 0; i < cells.length; i += 2) {
      byColumn.put(cells[i], cells[i + 1]);
    }
    return Row.of(byColumn);
  }

  /** A view with its where as JSON text. */
  public static View view(Table table, @Nullable String where, @Nullable List<String> columns) {
    return View.of(table, where == null ? null : json(where), columns);
  }

  static JsonNode json(String text) {
    return JSON.readTree(text);
  }
}
