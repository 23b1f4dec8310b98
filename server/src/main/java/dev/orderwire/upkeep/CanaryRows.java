package dev.orderwire.upkeep;

import dev.orderwire.changelog.CanaryTable;
import dev.orderwire.changelog.ChangeLogTable;
import dev.orderwire.changelog.UnloggedChanges;
import dev.orderwire.mysql.Account;
import dev.orderwire.mysql.Mysql;
import dev.orderwire.mysql.Privileges;
import dev.orderwire.mysql.Transaction;
import dev.orderwire.tail.gaps.GapProof;
import dev.orderwire.tail.gaps.NoProof;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes the beats of this server's canary. Each beat changes the server's row in the {@link
 * CanaryTable}, as an application would, and checks that the trigger has logged it.
 *
 * <p>Once a beat and the next one have arrived, a later one deletes the change of the first from
 * the change log. So each server keeps two rows in the log, and never deletes the newest row that
 * its tail has read: by that row a tail knows that the log is still the same.
 *
 * <p>It has a connection of its own. One thread writes; any thread may close it.
 */
public final class CanaryRows implements AutoCloseable {
  /** The result of a beat. */
  public sealed interface Outcome {
    /** It was committed, and is in the change log under this id. */
    record Logged(long id) implements Outcome {}

    /** It was committed, but is not in the change log. */
    record Unlogged() implements Outcome {}

    /** It could not be written, or not be looked up. */
    record Failed(String cause) implements Outcome {}
  }

  private static final Logger log = LoggerFactory.getLogger(CanaryRows.class);

  /** Longer than the lock waits below, so that MySQL's own error names the cause. */
  private static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(5);

  private static final String SESSION =
      "SET SESSION lock_wait_timeout = 2, SESSION innodb_lock_wait_timeout = 2,"
          + " @orderwire_actor = 'orderwire'";

  /** A new server takes over the row of one that ended: otherwise each start would add a row. */
  private static final String ABANDONED =
      "SELECT server, beat FROM "
          + CanaryTable.NAME
          + " WHERE at < NOW(6) - INTERVAL 1 HOUR ORDER BY at LIMIT 1 FOR UPDATE";

  private static final String BEAT =
      "INSERT INTO "
          + CanaryTable.NAME
          + " (server, beat, at) VALUES (?, ?, NOW(6))"
          + " ON DUPLICATE KEY UPDATE beat = ?, at = NOW(6)";

  /** Searches from the log's end, where the beat is; if it is missing, down to the given id. */
  private static final String FIND =
      "SELECT id FROM "
          + ChangeLogTable.NAME
          + " WHERE id > ? AND table_name = '"
          + CanaryTable.NAME
          + "' AND row_after->>'$.server' = ? AND row_after->>'$.beat' = ?"
          + " ORDER BY id DESC LIMIT 1";

  private static final String DELETE =
      "DELETE FROM " + ChangeLogTable.NAME + " WHERE table_name = '" + CanaryTable.NAME + "' AND ";

  private static final int NO_SUCH_TABLE = 1146;
  private static final int DELETED_AT_ONCE = 1_000;

  private final Mysql mysql;
  private final ConcurrentLinkedQueue<Long> arrived = new ConcurrentLinkedQueue<>();

  private volatile boolean closed;
  private volatile @Nullable Connection connection;
  private volatile boolean deletesOldBeats = true;

  private boolean hasRow;
  private long server;
  private long beat;

  public CanaryRows(Mysql mysql) {
    this.mysql = mysql;
  }

  /** Whether MySQL cannot be reached, which was logged. */
  public boolean isMysqlAway() {
    return mysql.isAway();
  }

  /** Whether beats that have {@link #arrived} are deleted from the change log, as far as known. */
  public boolean deletesOldBeats() {
    return deletesOldBeats;
  }

  /**
   * Writes the next beat. Takes a few seconds at most.
   *
   * @param above an id of the change log that the beat's id will be above
   */
  public Outcome write(long above) {
    try {
      Connection session = session();
      List<Long> old = old();
      Outcome outcome = Transaction.run(session, () -> beat(session, above, old));
      hasRow = true;
      if (outcome instanceof Outcome.Logged) {
        arrived.removeAll(old);
      }
      return outcome;
    } catch (SQLException e) {
      if (!closed) {
        // Logs an outage, if this is the first to notice.
        mysql.isOutage(e);
      }
      end();
      return new Outcome.Failed(Mysql.reason(e));
    }
  }

  /** All that have arrived but the last: it may be the newest row that the tail has read. */
  private List<Long> old() {
    List<Long> all = arrived.stream().sorted().toList();
    return all.subList(0, Math.clamp(all.size() - 1L, 0, DELETED_AT_ONCE));
  }

  /** Call this when the beat of this id has arrived: once the next has, it is deleted. */
  public void arrived(long id) {
    if (deletesOldBeats) {
      // Higher ids are those of a log that was replaced.
      arrived.removeIf(before -> before > id);
      arrived.add(id);
    }
  }

  /** Notes that changes may be missing from this epoch, for a server that starts before a reset. */
  public void noteUnlogged(String epoch) {
    try {
      UnloggedChanges.note(session(), epoch);
    } catch (SQLException e) {
      log.debug("Failed to note that changes may be missing", e);
      end();
    }
  }

  private Connection session() throws SQLException {
    Connection open = connection;
    if (open != null) {
      return open;
    }
    Connection opened = mysql.open(ANSWER_TIMEOUT);
    connection = opened;
    if (closed) {
      end();
    }
    execute(opened, SESSION);
    deletesOldBeats = mayDeleteBeats(opened);
    return opened;
  }

  private Outcome beat(Connection session, long above, List<Long> old) throws SQLException {
    if (!hasRow) {
      takeRow(session);
    }
    beat++;
    try (PreparedStatement statement = session.prepareStatement(BEAT)) {
      statement.setLong(1, server);
      statement.setLong(2, beat);
      statement.setLong(3, beat);
      statement.executeUpdate();
    }
    OptionalLong id = find(session, above);
    if (id.isEmpty()) {
      return new Outcome.Unlogged();
    }
    if (!old.isEmpty()) {
      delete(session, old);
    }
    return new Outcome.Logged(id.getAsLong());
  }

  private void takeRow(Connection session) throws SQLException {
    try (Statement statement = session.createStatement();
        ResultSet abandoned = statement.executeQuery(ABANDONED)) {
      if (abandoned.next()) {
        server = abandoned.getLong(1);
        beat = abandoned.getLong(2);
      } else {
        server = new SecureRandom().nextLong(1, Long.MAX_VALUE);
      }
    }
  }

  private OptionalLong find(Connection session, long above) throws SQLException {
    try (PreparedStatement statement = session.prepareStatement(FIND)) {
      statement.setLong(1, above);
      statement.setString(2, String.valueOf(server));
      statement.setString(3, String.valueOf(beat));
      try (ResultSet row = statement.executeQuery()) {
        return row.next() ? OptionalLong.of(row.getLong(1)) : OptionalLong.empty();
      }
    } catch (SQLException e) {
      if (e.getErrorCode() == NO_SUCH_TABLE) {
        return OptionalLong.empty();
      }
      throw e;
    }
  }

  /** Deletes by id: the log has no other index. */
  private static void delete(Connection session, List<Long> ids) throws SQLException {
    execute(
        session,
        DELETE + "id IN (" + String.join(",", ids.stream().map(String::valueOf).toList()) + ")");
  }

  private static void execute(Connection session, String sql) throws SQLException {
    try (Statement statement = session.createStatement()) {
      statement.execute(sql);
    }
  }

  private void end() {
    Connection open = connection;
    connection = null;
    if (open != null) {
      Mysql.abort(open);
    }
  }

  /** Ends the connection, even while a beat is being written. */
  @Override
  public void close() {
    closed = true;
    end();
  }

  /** Whether a server may delete its beats from the change log without harm to other servers. */
  public static boolean mayDeleteBeats(Connection connection) throws SQLException {
    Account account = Account.of(connection);
    // A deleted id is a gap for a server that was too slow to see its row. That server must be able
    // to close the gap, or its positions would grow with each beat.
    return Privileges.of(connection).onTable("DELETE", account.database(), ChangeLogTable.NAME)
        && !(GapProof.of(connection) instanceof NoProof);
  }
}
