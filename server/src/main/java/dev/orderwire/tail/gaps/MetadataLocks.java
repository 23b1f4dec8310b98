package dev.orderwire.tail.gaps;

import dev.orderwire.changelog.ChangeLogTable;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/**
 * Finds the transactions that may have written to the change log by their metadata locks. A
 * statement takes a lock on the log table before its trigger gets an id, and the transaction holds
 * it until it is committed and visible, or rolled back. A prepared XA transaction keeps its lock
 * when its connection ends; after a crash of MySQL, the main thread owns it (both seen on 8.0.15).
 *
 * <p>All locks count except those for reading, since LOCK TABLES takes stronger locks than a plain
 * write (SHARED_NO_READ_WRITE instead of SHARED_WRITE; seen on 8.0.15). A statement counts as
 * running if either of two sources says so: the thread's command, which MySQL always records, or
 * the statement's event, which can be switched off.
 */
public final class MetadataLocks implements GapProof {
  private static final Duration PAUSE = Duration.ofMillis(100);

  /**
   * A transaction is named by its lock's owner, the event that requested the lock, and the lock's
   * address; a connection's next transaction has another name. (If events are not counted, the
   * names can be equal, which only keeps a gap longer.) A statement is named by its lock and the
   * outermost event that has not ended. A thread that is gone runs no statement, nor does the main
   * thread, which holds the locks that a crash left; an unknown thread (0) might.
   */
  private static final String WRITERS =
      """
      SELECT CONCAT_WS('/', l.owner_thread_id, l.owner_event_id, l.object_instance_begin),
             MIN(CASE WHEN s.end_event_id IS NULL THEN s.event_id END),
             MAX(COALESCE(l.owner_thread_id, 0) = 0
                 OR t.name <> 'thread/sql/main' AND COALESCE(t.processlist_command, '') <> 'Sleep'
                 OR s.event_id IS NOT NULL AND s.end_event_id IS NULL)
        FROM performance_schema.metadata_locks l
        LEFT JOIN performance_schema.threads t ON t.thread_id = l.owner_thread_id
        LEFT JOIN performance_schema.events_statements_current s
          ON s.thread_id = l.owner_thread_id
       WHERE l.object_type = 'TABLE' AND l.object_schema = DATABASE() AND l.object_name = '%s'
         AND l.lock_status = 'GRANTED'
         AND l.lock_type NOT IN ('SHARED', 'SHARED_HIGH_PRIO', 'SHARED_READ', 'SHARED_READ_ONLY')
       GROUP BY l.owner_thread_id, l.owner_event_id, l.object_instance_begin\
      """
          .formatted(ChangeLogTable.NAME);

  /**
   * The instrument must be on and have lost no lock: MySQL does not show a lock for which it found
   * no room.
   */
  private static final String INSTRUMENT =
      """
      SELECT COUNT(*)
        FROM performance_schema.setup_instruments i JOIN performance_schema.setup_consumers c
        JOIN performance_schema.global_status lost
       WHERE i.name = 'wait/lock/metadata/sql/mdl' AND i.enabled = 'YES'
         AND c.name = 'global_instrumentation' AND c.enabled = 'YES'
         AND lost.variable_name = 'Performance_schema_metadata_lock_lost'
         AND lost.variable_value = 0\
      """;

  @Override
  public Optional<OpenWriters> findWriters(Connection session) throws SQLException {
    try (Statement statement = session.createStatement()) {
      OpenWriters found = read(statement);
      // Checked last: if a lock found no room before, it is counted by now.
      return showsAllLocks(statement) ? Optional.of(found) : Optional.empty();
    }
  }

  @Override
  public Duration pause() {
    return PAUSE;
  }

  private static OpenWriters read(Statement statement) throws SQLException {
    Set<String> transactions = new HashSet<>();
    Set<String> statements = new HashSet<>();
    try (ResultSet rows = statement.executeQuery(WRITERS)) {
      while (rows.next()) {
        String lock = rows.getString(1);
        transactions.add(lock);
        if (rows.getBoolean(3)) {
          statements.add(lock + "#" + rows.getLong(2));
        }
      }
    }
    return new OpenWriters(transactions, statements);
  }

  private static boolean showsAllLocks(Statement statement) throws SQLException {
    try (ResultSet row = statement.executeQuery(INSTRUMENT)) {
      return row.next() && row.getInt(1) == 1;
    }
  }

  /** Whether the session's user may read the locks, and the instrument shows them all. */
  static boolean areVisible(Connection session) throws SQLException {
    try (Statement statement = session.createStatement()) {
      read(statement);
      return showsAllLocks(statement);
    } catch (SQLException e) {
      if (isRefused(e)) {
        return false;
      }
      throw e;
    }
  }

  /** SELECT denied (1044, 1142), or no such table (1146): a server without performance_schema. */
  private static boolean isRefused(SQLException e) {
    return switch (e.getErrorCode()) {
      case 1044, 1142, 1146 -> true;
      default -> false;
    };
  }
}
