package dev.orderwire.changelog;

import dev.orderwire.change.ErrorCode;
import dev.orderwire.change.OrderwireException;
import dev.orderwire.change.Table;
import dev.orderwire.mysql.Schema;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** Reads the shapes of the tables to watch; Orderwire's own tables are refused. */
public final class TableShapes {
  private TableShapes() {}

  /**
   * The shape of a table.
   *
   * @throws OrderwireException {@code not_a_table} for a table of Orderwire's own; as {@link
   *     Schema#table}
   */
  public static Table read(Connection connection, String name) throws SQLException {
    if (name.equals(ChangeLogTable.NAME)) {
      throw new OrderwireException(
          ErrorCode.NOT_A_TABLE,
          name + " is the change log itself: name the tables that it is to follow.");
    }
    if (name.equals(CanaryTable.NAME)) {
      throw new OrderwireException(
          ErrorCode.NOT_A_TABLE,
          name + " is Orderwire's own: name the tables whose changes you want.");
    }
    return Schema.table(connection, name);
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
