package dev.orderwire.changelog;

import dev.orderwire.change.OrderwireException;
import dev.orderwire.change.Table;
import dev.orderwire.feed.TableVersion;
import dev.orderwire.mysql.Mysql;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads the versions of the watched tables at the start of a tail. */
public final class TableVersions {
  private static final Logger log = LoggerFactory.getLogger(TableVersions.class);

  private TableVersions() {}

  /**
   * The versions of these tables, in this order.
   *
   * @throws OrderwireException as {@link TableShapes#read}; {@code mysql_unavailable}
   */
  public static List<TableVersion> read(Mysql mysql, List<String> names) {
    try (Connection connection = mysql.connect()) {
      return read(connection, TableShapes.read(connection, names));
    } catch (SQLException e) {
      throw mysql.failed(e);
    }
  }

  /** The versions that known tables have now. A table that is gone keeps its last known shape. */
  public static List<TableVersion> read(Connection connection, List<Table> known)
      throws SQLException {
    List<TableVersion> versions = new ArrayList<>();
    for (Table table : known) {
      // A later change of the table gets its own reset row.
      var stored = ResetRows.stored(connection, table.name());
      versions.add(
          stored.isPresent() ? stored.get() : new TableVersion(current(connection, table), 0));
    }
    return versions;
  }

  private static Table current(Connection connection, Table known) throws SQLException {
    try {
      return TableShapes.read(connection, known.name());
    } catch (OrderwireException e) {
      log.debug("{} keeps its last known shape", known.name(), e);
      return known;
    }
  }
}
