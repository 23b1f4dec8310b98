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
 * Finds the markers that were left when a server died between reading them and having their tables
 * reset: at the start of a server, from where the servers are known to have come to.
 */
final class MarkerScan {
  private static final long KEEP_EVERY = Duration.ofSeconds(60).toNanos();

  private static final String MARKERS =
      "SELECT table_name, MAX(id) FROM "
          + ChangeLogTable.NAME
          + " WHERE id > ? AND id <= ? AND "
          + ChangeLogTable.IS_MARKER
          + " GROUP BY table_name";

  private final Tail tail;
  private boolean scanned;
  private long kept;

  MarkerScan(Tail tail) {
    this.tail = tail;
  }

  /** Notes the markers of before this tail's time; once. */
  void scan(Connection connection) throws SQLException {
    if (scanned) {
      return;
    }
    Position position = tail.position();
    try (PreparedStatement statement = connection.prepareStatement(MARKERS)) {
      statement.setLong(1, settled(connection, position.epoch()));
      statement.setLong(2, position.head());
      try (ResultSet rows = statement.executeQuery()) {
        while (rows.next()) {
          tail.markers().note(rows.getString(1), rows.getLong(2));
        }
      }
    }
    scanned = true;
  }

  private static long settled(Connection connection, String epoch) throws SQLException {
    Optional<JsonNode> state = StateTable.read(connection, StateTable.MARKERS);
    return state
        .filter(value -> value.path("epoch").asString("").equals(epoch))
        .map(value -> value.path("settled").asLong())
        .orElse(0L);
  }

  /** Keeps, now and then, up to which id no marker is unsettled. */
  void keep(Connection connection) throws SQLException {
    long now = System.nanoTime();
    if (!scanned || (kept != 0 && now - kept < KEEP_EVERY)) {
      return;
    }
    // Before the markers are looked at: what is read from here on is not claimed.
    Position position = tail.position();
    if (tail.markers().isEmpty()) {
      long settled =
          position.gaps().isEmpty()
              ? position.head()
              : position.gaps().ranges().getFirst().first() - 1;
      StateTable.write(
          connection,
          StateTable.MARKERS,
          JsonMapper.shared()
              .createObjectNode()
              .put("epoch", position.epoch())
              .put("settled", settled));
      kept = now;
    }
  }
}
