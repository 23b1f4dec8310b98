package dev.orderwire.view;

import dev.orderwire.change.Row;
import dev.orderwire.changelog.Column;
import dev.orderwire.changelog.SqlCondition;
import dev.orderwire.changelog.Table;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Rows as MySQL encodes them by the design's rule 6, and what MySQL finds by a condition. */
final class Cells {
  private Cells() {}

  /** The rows of a table by their {@code id}. */
  static Map<Long, Row> rows(Connection connection, Table table) throws SQLException {
    StringBuilder sql = new StringBuilder("SELECT id");
    for (Column column : table.columns()) {
      sql.append(", JSON_EXTRACT(JSON_ARRAY(").append(encoded(column)).append("), '$[0]')");
    }
    try (PreparedStatement statement =
            connection.prepareStatement(sql.append(" FROM ").append(table.name()).toString());
        ResultSet results = statement.executeQuery()) {
      Map<Long, Row> rows = new LinkedHashMap<>();
      while (results.next()) {
        Map<String, String> cells = new LinkedHashMap<>();
        for (int i = 0; i < table.columns().size(); i++) {
          cells.put(table.columns().get(i).name(), results.getString(i + 2));
        }
        rows.put(results.getLong(1), new Row(cells));
      }
      return rows;
    }
  }

  private static String encoded(Column column) {
    String name = "`" + column.name() + "`";
    return switch (column.dataType()) {
      case "bit", "year" -> name + " + 0";
      case "decimal", "time" -> "CAST(" + name + " AS CHAR)";
      case "date" -> "DATE_FORMAT(" + name + ", '%Y-%m-%d')";
      case "datetime" -> "DATE_FORMAT(" + name + ", '%Y-%m-%dT%H:%i:%s.%f')";
      case "timestamp" ->
          "DATE_FORMAT(FROM_UNIXTIME(UNIX_TIMESTAMP(" + name + ")), '%Y-%m-%dT%H:%i:%s.%fZ')";
      case "varbinary", "blob" -> "TO_BASE64(" + name + ")";
      case "varchar", "char", "text", "enum", "set" -> "CONVERT(" + name + " USING utf8mb4)";
      default -> name;
    };
  }

  /** The ids of the rows that MySQL finds. */
  static Set<Long> found(Connection connection, String from, SqlCondition condition)
      throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement("SELECT id FROM " + from + " WHERE " + condition.sql())) {
      for (int i = 0; i < condition.parameters().size(); i++) {
        statement.setString(i + 1, condition.parameters().get(i));
      }
      try (ResultSet results = statement.executeQuery()) {
        Set<Long> ids = new TreeSet<>();
        while (results.next()) {
          ids.add(results.getLong(1));
        }
        return ids;
      }
    }
  }
}
