package dev.orderwire.upkeep;

import dev.orderwire.capture.InstallState;
import dev.orderwire.change.ErrorCode;
import dev.orderwire.change.OrderwireException;
import dev.orderwire.change.Table;
import dev.orderwire.changelog.ResetRows;
import dev.orderwire.mysql.Schema;
import dev.orderwire.mysql.virtual.VirtualColumns;
import dev.orderwire.tail.Markers;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Watched tables that were altered such that they cannot be captured any more. The triggers go on
 * to log the columns that they know, which is right as long as these have the same meaning. If not,
 * all servers stop to deliver the table until it can be captured again and is reset.
 */
final class RefusedTables {
  /** Two rows may have one key now. */
  private static final Set<ErrorCode> WITHOUT_KEY =
      Set.of(ErrorCode.NO_KEY, ErrorCode.AMBIGUOUS_KEY);

  private RefusedTables() {}

  /**
   * Writes a marker for each refused table whose changes may be wrong.
   *
   * @param markers those that wait for a reset already; takes the new ones
   */
  static void hold(Connection connection, List<String> tables, InstallState state, Markers markers)
      throws SQLException {
    if (!state.hasLog()) {
      return;
    }
    Map<String, Long> held = markers.all();
    for (String table : tables) {
      if (!state.tables().contains(table)
          && !held.containsKey(table)
          && mayBeWrong(connection, table)) {
        ResetRows.markUnlogged(connection, table).ifPresent(marker -> markers.add(table, marker));
      }
    }
  }

  /** The refused tables whose changes are not captured, or may be wrong. */
  static Set<String> uncaptured(
      Connection connection, List<String> tables, InstallState state, Markers markers)
      throws SQLException {
    Set<String> uncaptured = new HashSet<>();
    for (String table : tables) {
      if (!state.tables().contains(table)
          && (markers.all().containsKey(table) || !Schema.hasTable(connection, table))) {
        uncaptured.add(table);
      }
    }
    return uncaptured;
  }

  private static boolean mayBeWrong(Connection connection, String name) throws SQLException {
    Optional<Table> known = ResetRows.knownShape(connection, name);
    if (known.isEmpty()) {
      return false;
    }
    try {
      Table now = Schema.table(connection, name);
      Set<String> refused = VirtualColumns.refused(connection, name).keySet();
      return !now.key().equals(known.get().key())
          || known.get().columnNames().stream().anyMatch(refused::contains);
    } catch (OrderwireException e) {
      return WITHOUT_KEY.contains(e.code());
    }
  }
}
