package dev.orderwire.changelog;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.Map;

/**
 * The open transactions that may have written to the change log, seen by their metadata locks: a
 * trigger's insert takes one on the log table before it gets its id, and the transaction holds it
 * until it is committed and visible, or rolled back. So an id that was handed out before some
 * moment, and is still not visible when all who held such a lock at that moment have let go, never
 * will be.
 *
 * <p>Every lock counts but those that only read, as LOCK TABLES takes stronger ones than a plain
 * write does (SHARED_NO_READ_WRITE instead of SHARED_WRITE; seen on 8.0.15).
 */
final class LogWriters {
  /**
   * One lock of one transaction. A connection's next transaction is another writer, as its lock was
   * requested by a later event (where events are not counted the two look alike, which only keeps a
   * gap longer).
   */
  record Writer(long thread, long event, long lock) {}

  /**
   * What a writer does.
   *
   * @param statement the number of its newest statement; 0 where it is not known
   * @param resting whether that statement is known to have ended
   */
  record Activity(long statement, boolean resting) {}

  /**
   * Who wrote at a moment.
   *
   * @param nextId an id that was handed out to nobody yet at that moment, and those above it
   *     neither
   */
  record Sighting(Map<Writer, Activity> writers, long nextId) {
    Sighting {
      writers = Map.copyOf(writers);
    }
  }

  private static final String WRITERS =
      """
      SELECT l.owner_thread_id, l.owner_event_id, l.object_instance_begin,
             COALESCE(MAX(s.event_id), 0),
             COUNT(s.event_id) > 0 AND COUNT(s.event_id) = COUNT(s.end_event_id)
        FROM performance_schema.metadata_locks l
        LEFT JOIN performance_schema.events_statements_current s
          ON s.thread_id = l.owner_thread_id
       WHERE l.object_type = 'TABLE' AND l.object_schema = DATABASE() AND l.object_name = '%s'
         AND l.lock_status = 'GRANTED'
         AND l.lock_type NOT IN ('SHARED', 'SHARED_HIGH_PRIO', 'SHARED_READ', 'SHARED_READ_ONLY')
       GROUP BY l.owner_thread_id, l.owner_event_id, l.object_instance_begin\
      """
          .formatted(ChangeLogTable.NAME);

  private static final String NEXT_ID =
      "SELECT auto_increment FROM information_schema.tables"
          + " WHERE table_schema = DATABASE() AND table_name = '"
          + ChangeLogTable.NAME
          + "'";

  private static final String INSTRUMENT =
      """
      SELECT COUNT(*)
        FROM performance_schema.setup_instruments i JOIN performance_schema.setup_consumers c
       WHERE i.name = 'wait/lock/metadata/sql/mdl' AND i.enabled = 'YES'
         AND c.name = 'global_instrumentation' AND c.enabled = 'YES'\
      """;

  private LogWriters() {}

  /**
   * Who may be about to make ids visible that were handed out before this call. The session is one
   * that {@link #areShown} has said yes for.
   */
  static Sighting now(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      Map<Writer, Activity> writers = new HashMap<>();
      try (ResultSet rows = statement.executeQuery(WRITERS)) {
        while (rows.next()) {
          writers.put(
              new Writer(rows.getLong(1), rows.getLong(2), rows.getLong(3)),
              new Activity(rows.getLong(4), rows.getBoolean(5)));
        }
      }
      // Asked last: what a writer did before it was seen at rest has ids below this one.
      return new Sighting(writers, nextId(statement));
    }
  }

  private static long nextId(Statement statement) throws SQLException {
    try (ResultSet row = statement.executeQuery(NEXT_ID)) {
      return row.next() && row.getLong(1) > 0 ? row.getLong(1) : Long.MAX_VALUE;
    }
  }

  /**
   * Whether this server shows us who writes: the privileges are there and the instrument is on.
   * Sets the session up for {@link #now}.
   */
  static boolean areShown(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      // By default the next id is a day old.
      statement.execute("SET SESSION information_schema_stats_expiry = 0");
      try (ResultSet row = statement.executeQuery(INSTRUMENT)) {
        if (!row.next() || row.getInt(1) != 1) {
          return false;
        }
      }
      now(connection);
      return true;
    } catch (SQLException e) {
      if (isRefused(e)) {
        return false;
      }
      throw e;
    }
  }

  /**
   * SELECT denied (1044, 1142), no such table, as on a server without performance_schema (1146), no
   * such variable (1193).
   */
  private static boolean isRefused(SQLException e) {
    return switch (e.getErrorCode()) {
      case 1044, 1142, 1146, 1193 -> true;
      default -> false;
    };
  }
}
