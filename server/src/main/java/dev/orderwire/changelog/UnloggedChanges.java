package dev.orderwire.changelog;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;
import tools.jackson.databind.json.JsonMapper;

/**
 * A note in the {@link StateTable} that changes of all tables may be missing from the change log.
 * It stays until the tables have been reset, so that a server that starts in between resets them.
 */
public final class UnloggedChanges {
  private static final String STATE = "unlogged";

  private UnloggedChanges() {}

  /** Notes it for the current epoch of the change log. */
  public static void note(Connection connection, String epoch) throws SQLException {
    StateTable.write(connection, STATE, JsonMapper.shared().createObjectNode().put("epoch", epoch));
  }

  /** The epoch that changes may be missing from; empty if there is no note. */
  public static Optional<String> epoch(Connection connection) throws SQLException {
    return StateTable.read(connection, STATE).map(note -> note.path("epoch").asString(""));
  }

  /** Removes the note, as all tables have been reset. */
  public static void clear(Connection connection) throws SQLException {
    StateTable.remove(connection, STATE);
  }
}
