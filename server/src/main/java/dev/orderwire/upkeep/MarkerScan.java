package dev.orderwire.upkeep;

import dev.orderwire.change.Position;
import dev.orderwire.changelog.ChangeLogTable;
import dev.orderwire.changelog.StateTable;
import dev.orderwire.tail.Tail;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Finds the markers whose tables were not reset because a server died after it had read them. It
 * scans once, when a server starts, from the id up to which all markers are known to be reset.
 */
final class MarkerScan {
  private static final long SAVE_INTERVAL = Duration.ofSeconds(60).toNanos();

  private static final String MARKERS =
      "SELECT table_name, MAX(id) FROM "
          + ChangeLogTable.NAME
          + " WHERE id > ? AND id <= ? AND "
          + ChangeLogTable.IS_MARKER
          + " GROUP BY table_name";

  private final Tail tail;
  private boolean scanned;
  private long saved;

  MarkerScan(Tail tail) {
    this.tail = tail;
  }

  boolean isDue() {
    return !scanned;
  }

  /** Adds the markers from before this tail's start to the tail's. */
  void scan(Connection connection) throws SQLException {
    Position position = tail.position();
    try (PreparedStatement statement = connection.prepareStatement(MARKERS)) {
      statement.setLong(1, savedProgress(connection, position.epoch()));
      statement.setLong(2, position.head());
      try (ResultSet rows = statement.executeQuery()) {
        while (rows.next()) {
          tail.markers().add(rows.getString(1), rows.getLong(2));
        }
      }
    }
    scanned = true;
  }

  private static long savedProgress(Connection connection, String epoch) throws SQLException {
    Optional<JsonNode> state = StateTable.read(connection, StateTable.MARKERS);
    return state
        .filter(value -> value.path("epoch").asString("").equals(epoch))
        .map(value -> value.path("settled").asLong())
        .orElse(0L);
  }

  /** Saves up to which id all markers are reset; at most once a minute. */
  void saveProgress(Connection connection) throws SQLException {
    long now = System.nanoTime();
    if (!scanned || (saved != 0 && now - saved < SAVE_INTERVAL)) {
      return;
    }
    // Before the markers are checked, since the tail may read more of them at any time.
    Position position = tail.position();
    if (tail.markers().isEmpty()) {
      StateTable.write(
          connection,
          StateTable.MARKERS,
          JsonMapper.shared()
              .createObjectNode()
              .put("epoch", position.epoch())
              .put("settled", Retention.lastBelowGaps(position)));
      saved = now;
    }
  }
}
