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
 * The open transactions that may have written to the change log, seen by their metadata locks: a
 * statement takes one on the log table before its trigger gets an id, and the transaction holds it
 * until it is committed and visible, or rolled back. A prepared XA transaction keeps it when its
 * connection ends, and after a crash of MySQL it is the main thread's (both seen on 8.0.15).
 *
 * <p>Every lock counts but those that only read, as LOCK TABLES takes stronger ones than a plain
 * write does (SHARED_NO_READ_WRITE instead of SHARED_WRITE; seen on 8.0.15). Whether a statement
 * runs is told by two independent means, and counts where either says so: the thread's command,
 * which is always kept, and the statement's event, which can be switched off.
 */
public final class MetadataLocks implements GapProof {
  private static final Duration PAUSE = Duration.ofMillis(100);

  /**
   * A lock's name is its owner, the event that requested it, and its place: a connection's next
   * transaction has another one. (Where events are not counted they look alike, which only keeps a
   * gap longer.) A statement's name is that of its lock and the outermost event that has not ended.
   * A thread that is gone runs nothing, and neither does the main thread, which holds the locks
   * that a crash left; one that is not known (0) might.
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

  /** On, and with room for every lock: one that found no room is not shown. */
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
  public Optional<OpenWriters> look(Connection session) throws SQLException {
    try (Statement statement = session.createStatement()) {
      OpenWriters seen = writers(statement);
      // Asked last: had a lock found no room before, it would be counted now.
      return isWhole(statement) ? Optional.of(seen) : Optional.empty();
    }
  }

  @Override
  public Duration pause() {
    return PAUSE;
  }

  private static OpenWriters writers(Statement statement) throws SQLException {
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

  private static boolean isWhole(Statement statement) throws SQLException {
    try (ResultSet row = statement.executeQuery(INSTRUMENT)) {
      return row.next() && row.getInt(1) == 1;
    }
  }

  /** Whether this server shows us who writes: the privileges are there and the instrument is on. */
  static boolean areShown(Connection session) throws SQLException {
    try (Statement statement = session.createStatement()) {
      writers(statement);
      return isWhole(statement);
    } catch (SQLException e) {
      if (isRefused(e)) {
        return false;
      }
      throw e;
    }
  }

  /**
   * SELECT denied (1044, 1142), no such table, as on a server without performance_schema (1146).
   */
  private static boolean isRefused(SQLException e) {
    return switch (e.getErrorCode()) {
      case 1044, 1142, 1146 -> true;
      default -> false;
    };
  }
}
