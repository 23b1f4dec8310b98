package dev.orderwire.mysql;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.OptionalLong;

/**
 * The lock that the leading process holds, one for each database. MySQL frees it when the session
 * of its holder ends.
 */
public final class LeadLock {
  /** A name has at most 64 characters, and MySQL 9.7 has no MD5. */
  private static final String LOCK = "CONCAT('orderwire lead ', LEFT(SHA2(DATABASE(), 256), 32))";

  private LeadLock() {}

  /**
   * Waits for the lock.
   *
   * @param seconds how long to wait at most
   * @return whether the session holds it
   */
  public static boolean take(Connection connection, int seconds) throws SQLException {
    return Query.list(
            connection,
            "SELECT GET_LOCK(%s, %d)".formatted(LOCK, seconds),
            row -> row.getInt(1) == 1)
        .getFirst();
  }

  /** The session that holds the lock; empty if none does. */
  public static OptionalLong holder(Connection connection) throws SQLException {
    return Query.list(
            connection,
            "SELECT IS_USED_LOCK(" + LOCK + ")",
            row -> {
              long id = row.getLong(1);
              return row.wasNull() ? OptionalLong.empty() : OptionalLong.of(id);
            })
        .getFirst();
  }

  /** Ends a session, and frees its locks. A user may end its own sessions. */
  public static void end(Connection connection, long session) throws SQLException {
    Query.execute(connection, "KILL CONNECTION " + session);
  }
}
