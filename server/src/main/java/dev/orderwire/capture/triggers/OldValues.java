package dev.orderwire.capture.triggers;

import dev.orderwire.change.Column;
import dev.orderwire.mysql.Query;
import dev.orderwire.mysql.Schema;
import dev.orderwire.mysql.sql.Sql;
import dev.orderwire.mysql.virtual.GenerationExpression;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How an update trigger refers to the row before: by {@code OLD}, with one exception.
 *
 * <p>In an AFTER UPDATE trigger, MySQL (seen on 8.0.15) has wrong values in {@code OLD.c} if c is a
 * VIRTUAL column of type TEXT, BLOB, JSON or GEOMETRY: the bytes of the new row, cut to the old
 * length. The result is wrong text, or unreadable JSON. So such a value is computed again, from the
 * old values of the columns that it is made of.
 */
final class OldValues {
  private static final String PLAIN = "OLD.";

  private final Map<String, String> computed;

  private OldValues(Map<String, String> computed) {
    this.computed = computed;
  }

  static OldValues of(Connection connection, String table) throws SQLException {
    List<Virtual> columns = Virtual.read(connection, table);
    if (columns.isEmpty()) {
      return new OldValues(Map.of());
    }
    String definition =
        Query.list(connection, "SHOW CREATE TABLE " + Sql.quote(table), row -> row.getString(2))
            .getFirst();
    List<String> names = Schema.columnNames(connection, table);
    Map<String, String> computed = new LinkedHashMap<>();
    for (Virtual column : columns) {
      String expression = GenerationExpression.of(column.name(), definition);
      // A generated column may refer only to generated columns that come before it.
      computed.put(column.name(), column.converted(evaluated(expression, names, computed)));
    }
    return new OldValues(computed);
  }

  /** The expression, evaluated on one row that has the old values under their columns' names. */
  private static String evaluated(
      String expression, List<String> names, Map<String, String> computed) {
    List<String> values =
        names.stream()
            .filter(name -> expression.contains(Sql.quote(name)))
            .map(name -> reference(name, computed) + " AS " + Sql.quote(name))
            .toList();
    return values.isEmpty()
        ? "(SELECT " + expression + ")"
        : "(SELECT " + expression + " FROM (SELECT " + String.join(", ", values) + ") AS old_row)";
  }

  /** The SQL for the value of a column before the update. */
  String reference(Column column) {
    return reference(column.name(), computed);
  }

  private static String reference(String column, Map<String, String> computed) {
    return computed.getOrDefault(column, PLAIN + Sql.quote(column));
  }

  /**
   * A virtual column of a type whose old value is wrong.
   *
   * @param characterSet empty for a type that has none
   */
  private record Virtual(String name, String dataType, String characterSet) {
    static List<Virtual> read(Connection connection, String table) throws SQLException {
      return Query.list(
          connection,
          """
          SELECT column_name AS name, data_type AS type,
                 COALESCE(character_set_name, '') AS character_set
            FROM information_schema.columns
           WHERE table_schema = DATABASE() AND table_name = ?
             AND extra LIKE '%VIRTUAL GENERATED%'
             AND data_type IN ('tinytext', 'text', 'mediumtext', 'longtext',
                               'tinyblob', 'blob', 'mediumblob', 'longblob', 'json',
                               'geometry', 'point', 'linestring', 'polygon', 'multipoint',
                               'multilinestring', 'multipolygon',
                               'geomcollection', 'geometrycollection')
           ORDER BY ordinal_position\
          """,
          row ->
              new Virtual(
                  row.getString("name"), row.getString("type"), row.getString("character_set")),
          table);
    }

    /** Converts the expression's value as storing it in the column would. */
    String converted(String value) {
      if (dataType.equals("json")) {
        return "CAST(" + value + " AS JSON)";
      }
      return characterSet.isEmpty() ? value : "CONVERT(" + value + " USING " + characterSet + ")";
    }
  }
}
