package dev.orderwire.mysql;

import dev.orderwire.change.ErrorCode;
import dev.orderwire.change.OrderwireException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/**
 * A table that we make, as it is to be found.
 *
 * @param columns name and type of each
 * @param foreignCode what a table of that name is refused with that is none of ours
 */
public record OwnTable(String name, List<String> columns, ErrorCode foreignCode) {
  public OwnTable {
    columns = List.copyOf(columns);
  }

  /** Whether it is there; refuses a table of that name that is not ours. */
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
          "the table %s is not one that Orderwire made: expected an InnoDB table of %s; found a table (%s) of %s. Rename it, or drop it if nobody needs it."
              .formatted(
                  name, String.join(", ", columns), engine.getFirst(), String.join(", ", found)));
    }
    return true;
  }
}
