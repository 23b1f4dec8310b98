package dev.orderwire.upkeep;

import dev.orderwire.change.Position;
import dev.orderwire.changelog.OpenMarkers;
import dev.orderwire.tail.Tail;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;

/**
 * Saves up to which id of the change log a reset row has followed every marker, so that a server
 * that starts need not look for open markers before it. For one thread.
 */
final class SettledMarkers {
  private static final long INTERVAL = Duration.ofSeconds(60).toNanos();

  private long saved;

  /** Saves it at most once a minute. */
  void save(Connection connection, Tail tail) throws SQLException {
    long now = System.nanoTime();
    if (saved != 0 && now - saved < INTERVAL) {
      return;
    }
    // Before the markers are checked, since the tail may read more of them at any time.
    Position position = tail.position();
    if (tail.markers().isEmpty()) {
      OpenMarkers.settled(connection, position.epoch(), Retention.lastBelowGaps(position));
      saved = now;
    }
  }
}
