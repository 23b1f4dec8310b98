package dev.orderwire.capture.triggers;

import dev.orderwire.change.Op;
import dev.orderwire.changelog.CaptureIds;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/** Identifies a table's triggers by the ids of their guards. */
final class TriggerIds implements CaptureIds {
  @Override
  public List<String> of(Connection connection, String table) throws SQLException {
    List<InstalledTrigger> triggers = InstalledTrigger.of(connection, table);
    return triggers.size() < Op.values().length
        ? List.of()
        : triggers.stream().map(trigger -> String.valueOf(trigger.id())).sorted().toList();
  }
}
