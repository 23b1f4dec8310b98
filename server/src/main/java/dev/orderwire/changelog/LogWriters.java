package dev.orderwire.changelog;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

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
  private static final String HOLDERS =
      "SELECT owner_thread_id, owner_event_id, object_instance_begin"
          + " FROM performance_schema.metadata_locks"
          + " WHERE object_type = 'TABLE' AND object_schema = DATABASE() AND object_name = '"
          + ChangeLogTable.NAME
          + "' AND lock_status = 'GRANTED' AND lock_type NOT IN"
          + " ('SHARED', 'SHARED_HIGH_PRIO', 'SHARED_READ', 'SHARED_READ_ONLY')";

  private static final String INSTRUMENT =
      "SELECT COUNT(*) FROM performance_schema.setup_instruments i"
          + " JOIN performance_schema.setup_consumers c"
          + " WHERE i.name = 'wait/lock/metadata/sql/mdl' AND i.enabled = 'YES'"
          + " AND c.name = 'global_instrumentation' AND c.enabled = 'YES'";

  /**
   * One lock of one transaction. A connection's next transaction is another writer, as its lock was
   * requested by a later event (where events are not counted the two look alike, which only keeps a
   * gap longer).
   */
  record Writer(long thread, long event, long lock) {}

  private LogWriters() {}

  /**
   * Who may be about to make ids visible that were handed out before this call; empty optional
   * where this server does not let us know.
   */
  static Optional<Set<Writer>> now(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(HOLDERS)) {
      Set<Writer> writers = new HashSet<>();
      while (rows.next()) {
        writers.add(new Writer(rows.getLong(1), rows.getLong(2), rows.getLong(3)));
      }
      return Optional.of(writers);
    } catch (SQLException e) {
      if (isRefused(e)) {
        return Optional.empty();
      }
      throw e;
    }
  }

  /** Whether this server shows us who writes: the privilege is there and the instrument is on. */
  static boolean areShown(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(INSTRUMENT)) {
      return row.next() && row.getInt(1) == 1 && now(connection).isPresent();
    } catch (SQLException e) {
      if (isRefused(e)) {
        return false;
      }
      throw e;
    }
  }

  /**
   * SELECT denied (1142, 1044), or no such table, as on a server without performance_schema (1146).
   */
  private static boolean isRefused(SQLException e) {
    return switch (e.getErrorCode()) {
      case 1044, 1142, 1146 -> true;
      default -> false;
    };
  }
}
