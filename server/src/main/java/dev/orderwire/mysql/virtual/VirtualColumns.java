package dev.orderwire.mysql.virtual;

import dev.orderwire.change.ErrorCode;
import dev.orderwire.change.OrderwireException;
import dev.orderwire.mysql.Query;
import dev.orderwire.mysql.sql.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Refuses the virtual columns that may have different values in different sessions. MySQL computes
 * such a column in the session that reads it: its change would have the value of the writer's
 * session, and a snapshot that of Orderwire's. A stored column has one value for everybody.
 */
public final class VirtualColumns {
  private VirtualColumns() {}

  /**
   * Requires that every virtual column of the table has the same value in every session.
   *
   * @throws OrderwireException {@code session_dependent} with all columns for which that is not
   *     known; {@code unreadable_table}
   */
  public static void requireSameInAllSessions(Connection connection, String table)
      throws SQLException {
    Map<String, String> refused = refused(connection, table);
    if (!refused.isEmpty()) {
      throw new OrderwireException(
          ErrorCode.SESSION_DEPENDENT, String.join("\n", refused.values()));
    }
  }

  /**
   * The virtual columns that may have different values in different sessions, each with a message.
   *
   * @throws OrderwireException {@code unreadable_table}
   */
  public static Map<String, String> refused(Connection connection, String table)
      throws SQLException {
    List<Column> columns = Column.read(connection, table);
    if (columns.stream().noneMatch(Column::virtual)) {
      return Map.of();
    }
    String definition =
        Query.list(connection, "SHOW CREATE TABLE " + Sql.quote(table), row -> row.getString(2))
            .getFirst();
    Map<String, Kind> kinds = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    columns.forEach(column -> kinds.put(column.name, column.kind()));
    Map<String, String> refused = new LinkedHashMap<>();
    for (Column column : columns) {
      if (column.virtual) {
        String expression = GenerationExpression.of(column.name, definition);
        try {
          column.requireSameValue(ExpressionKind.of(expression, kinds), expression);
        } catch (SessionDependent e) {
          refused.put(column.name, message(table, column, e));
        }
      }
    }
    return refused;
  }

  private static String message(String table, Column column, SessionDependent e) {
    return "the virtual column %s of table %s may have another value in each session, as MySQL computes it anew for each, and its changes would then differ from the table. It depends on %s. Drop the column, and add it again with STORED in place of VIRTUAL: a stored value is the same for all."
        .formatted(column.name, table, e.getMessage());
  }

  private record Column(String name, String dataType, String columnType, boolean virtual) {
    static List<Column> read(Connection connection, String table) throws SQLException {
      return Query.list(
          connection,
          """
          SELECT column_name AS name, data_type AS data_type, column_type AS type,
                 extra LIKE '%VIRTUAL GENERATED%' AS is_virtual
            FROM information_schema.columns
           WHERE table_schema = DATABASE() AND table_name = ?
           ORDER BY ordinal_position\
          """,
          row ->
              new Column(
                  row.getString("name"),
                  row.getString("data_type"),
                  row.getString("type"),
                  row.getBoolean("is_virtual")),
          table);
    }

    Kind kind() {
      return Kind.ofColumn(dataType, columnType);
    }

    /** Requires that a value of this kind becomes the same value of this column everywhere. */
    void requireSameValue(Kind value, String expression) {
      Set<Kind> accepted =
          switch (kind()) {
            case SIGNED, UNSIGNED, BIT -> Kind.NUMERIC;
            case TEXT, CHAR -> Kind.union(Kind.PRINTABLE, EnumSet.of(Kind.BYTES));
            case BYTES -> Kind.KNOWN_BYTES;
            case JSON -> Kind.IN_DOCUMENTS;
            case GEOMETRY -> EnumSet.of(Kind.NULL, Kind.GEOMETRY);
            case DATE, TIME, TIMESTAMP ->
                throw new SessionDependent(
                    expression,
                    "a time is rounded, and an impossible date accepted, as the session's sql_mode says");
            case NULL, LITERAL, ASCII, SESSION_BYTES -> EnumSet.noneOf(Kind.class);
          };
      Operators.requireAll(accepted, expression, value);
    }
  }
}
