package dev.orderwire.mysql;

import dev.orderwire.change.ErrorCode;
import dev.orderwire.change.OrderwireException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/**
 * The expected definition of a table that Orderwire creates.
 *
 * @param columns the name and the type of each column
 * @param foreignCode the error code if a table of this name has another definition
 */
public record OwnTable(String name, List<String> columns, ErrorCode foreignCode) {
  public OwnTable {
    columns = List.copyOf(columns);
  }

  /**
   * Whether the table exists.
   *
   * @throws OrderwireException with {@link #foreignCode} if a table of this name has another
   *     definition
   */
  public boolean isThere(Connection connection) throws SQLException {
    List<String> engine =
        Query.list(
            connection,
            """
            SELECT COALESCE(engine, '') AS engine FROM information_schema.tables
             WHERE table_schema = DATABASE() AND table_name = ?\
            """,
            row -> row.getString("engine"),
            name);
    if (engine.isEmpty()) {
      return false;
    }
    List<String> found =
        Query.list(
            connection,
            """
            SELECT column_name AS name, column_type AS type FROM information_schema.columns
             WHERE table_schema = DATABASE() AND table_name = ? ORDER BY ordinal_position\
            """,
            row -> row.getString("name") + " " + Schema.type(row.getString("type")),
            name);
    if (!found.equals(columns) || !engine.getFirst().equals("InnoDB")) {
      throw new OrderwireException(
          foreignCode,
          "table %s was not created by Orderwire: expected the engine InnoDB and the columns %s; found the engine %s and the columns %s. Rename it, or drop it if it is not needed."
              .formatted(
                  name,
                  String.join(", ", columns),
                  engine.getFirst().isEmpty() ? "(none)" : engine.getFirst(),
                  String.join(", ", found)));
    }
    return true;
  }
}
