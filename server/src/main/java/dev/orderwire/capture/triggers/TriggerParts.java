package dev.orderwire.capture.triggers;

import dev.orderwire.change.Op;
import dev.orderwire.changelog.CaptureParts;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/**
 * Identifies a table's triggers by the ids of their guards and the times of their creation: a
 * trigger that was dropped and created again with the same text has missed changes too.
 */
final class TriggerParts implements CaptureParts {
  @Override
  public List<String> ids(Connection connection, String table) throws SQLException {
    List<InstalledTrigger> triggers = InstalledTrigger.of(connection, table);
    return triggers.size() < Op.values().length
        ? List.of()
        : triggers.stream()
            .map(trigger -> trigger.id() + " " + trigger.created())
            .sorted()
            .toList();
  }

  @Override
  public List<String> holes(Connection connection, String table, List<String> known)
      throws SQLException {
    List<String> holes = new ArrayList<>();
    DefinerRights.lacking(connection, table).forEach(lack -> holes.add(lack.what()));
    TableChecks.cascades(connection, table).forEach(cascade -> holes.add(cascade.toString()));
    for (String hole : known) {
      if (!holes.contains(hole) && DefinerRights.isHidden(connection, table, hole)) {
        holes.add(hole);
      }
    }
    return holes;
  }
}
