package dev.orderwire.changelog;

import dev.orderwire.change.ErrorCode;
import dev.orderwire.change.OrderwireException;
import dev.orderwire.change.Table;
import dev.orderwire.mysql.Schema;
import dev.orderwire.mysql.virtual.VirtualColumns;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** Reads the shapes of the watched tables. Throws if a table cannot be followed. */
public final class TableShapes {
  private TableShapes() {}

  /**
   * The shape of a table.
   *
   * @throws OrderwireException {@code not_a_table} for one of Orderwire's own tables; {@code
   *     session_dependent} for a virtual column; as {@link Schema#table}
   */
  public static Table read(Connection connection, String name) throws SQLException {
    if (name.equals(ChangeLogTable.NAME)) {
      throw new OrderwireException(
          ErrorCode.NOT_A_TABLE,
          name + " is Orderwire's change log. Name the tables to watch instead.");
    }
    if (name.equals(CanaryTable.NAME)) {
      throw new OrderwireException(
          ErrorCode.NOT_A_TABLE,
          name + " is one of Orderwire's own tables. Name the tables to watch instead.");
    }
    Table table = Schema.table(connection, name);
    VirtualColumns.requireSameInAllSessions(connection, name);
    return table;
  }

  /**
   * The shapes of these tables, in this order.
   *
   * @throws OrderwireException as {@link #read(Connection, String)}, for the first table that fails
   */
  public static List<Table> read(Connection connection, List<String> names) throws SQLException {
    List<Table> tables = new ArrayList<>();
    for (String name : names) {
      tables.add(read(connection, name));
    }
    return tables;
  }
}
