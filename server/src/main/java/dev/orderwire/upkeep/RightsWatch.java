package dev.orderwire.upkeep;

import dev.orderwire.mysql.Privileges;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;

/**
 * Notices that the user's privileges were changed, with which the triggers run: a {@link
 * SchemaProbe} does not see that. Asks once a second. For one thread.
 */
final class RightsWatch {
  private static final long INTERVAL = Duration.ofSeconds(1).toNanos();

  private String seen = "";
  private long asked;

  /**
   * Whether the privileges are others than at the last call.
   *
   * @param now by {@link System#nanoTime}
   */
  boolean isChanged(Connection connection, long now) throws SQLException {
    if (!seen.isEmpty() && now - asked < INTERVAL) {
      return false;
    }
    asked = now;
    String before = seen;
    seen = Privileges.ofTriggers(connection).toString();
    return !seen.equals(before);
  }
}
