package dev.orderwire.upkeep;

import dev.orderwire.changelog.CanaryTable;
import dev.orderwire.changelog.ChangeLogTable;
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
 * The beats of this server's canary: each changes its row of the {@link CanaryTable}, as an
 * application would, and looks whether the trigger has logged it.
 *
 * <p>What a beat leaves in the change log, a later one takes away, once it has arrived: so there is
 * one row of each server in the log, and never the newest row of the log that goes. The transaction
 * that deletes a row has written one with a higher id, and both become visible at once.
 *
 * <p>It has a connection of its own. One thread writes; any may close.
 */
public final class CanaryRows implements AutoCloseable {
  /** What came of a beat. */
  public sealed interface Outcome {
    /** It is committed, and in the change log under this id. */
    record Logged(long id) implements Outcome {}

    /** It is committed, and not in the change log. */
    record Unlogged() implements Outcome {}

    /** It could not be written, or not be looked for. */
    record Unwritten(String cause) implements Outcome {}
  }

  private static final Logger log = LoggerFactory.getLogger(CanaryRows.class);

  /** Longer than a lock is waited for, so that the cause is MySQL's to say. */
  private static final Duration ANSWER = Duration.ofSeconds(5);

  private static final String SESSION =
      "SET SESSION lock_wait_timeout = 2, SESSION innodb_lock_wait_timeout = 2,"
          + " @orderwire_actor = 'orderwire'";

  /** That of a server that ended is the next one's: else there would be more with each start. */
  private static final String ABANDONED =
      "SELECT server, beat FROM "
          + CanaryTable.NAME
          + " WHERE at < NOW(6) - INTERVAL 1 HOUR ORDER BY at LIMIT 1 FOR UPDATE";

  private static final String BEAT =
      "INSERT INTO "
          + CanaryTable.NAME
          + " (server, beat, at) VALUES (?, ?, NOW(6))"
          + " ON DUPLICATE KEY UPDATE beat = ?, at = NOW(6)";

  /** From the end, where it is: in a log that does not have it, from the bound on. */
  private static final String FIND =
      "SELECT id FROM "
          + ChangeLogTable.NAME
          + " WHERE id > ? AND table_name = '"
          + CanaryTable.NAME
          + "' AND row_after->>'$.server' = ? AND row_after->>'$.beat' = ?"
          + " ORDER BY id DESC LIMIT 1";

  private static final String TIDY =
      "DELETE FROM " + ChangeLogTable.NAME + " WHERE table_name = '" + CanaryTable.NAME + "' AND ";

  private static final int NO_SUCH_TABLE = 1146;
  private static final int TIDIED_AT_ONCE = 1_000;

  private final Mysql mysql;
  private final ConcurrentLinkedQueue<Long> arrived = new ConcurrentLinkedQueue<>();

  private volatile boolean closed;
  private volatile @Nullable Connection connection;
  private volatile boolean tidies = true;

  private boolean hasRow;
  private long server;
  private long beat;

  public CanaryRows(Mysql mysql) {
    this.mysql = mysql;
  }

  /** Whether what was said to have {@link #arrived} goes from the change log; as far as known. */
  public boolean tidies() {
    return tidies;
  }

  /**
   * Writes the next beat. It takes a few seconds at the most.
   *
   * @param above an id of the change log that this one will be above
   */
  public Outcome write(long above) {
    try {
      Connection session = session();
      List<Long> old = arrived.stream().limit(TIDIED_AT_ONCE).sorted().toList();
      Outcome outcome = Transaction.run(session, () -> beat(session, above, old));
      hasRow = true;
      if (outcome instanceof Outcome.Logged) {
        arrived.removeAll(old);
      }
      return outcome;
    } catch (SQLException e) {
      end();
      return new Outcome.Unwritten(Mysql.reason(e));
    }
  }

  /** The beat of this id was handed on here, and need not stay in the change log. */
  public void arrived(long id) {
    if (tidies) {
      arrived.add(id);
    }
  }

  private Connection session() throws SQLException {
    Connection open = connection;
    if (open != null) {
      return open;
    }
    Connection opened = mysql.open(ANSWER);
    connection = opened;
    if (closed) {
      end();
    }
    execute(opened, SESSION);
    tidies = mayTidy(opened);
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
      tidy(session, old);
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

  /** By id: the log has no other index. */
  private static void tidy(Connection session, List<Long> ids) throws SQLException {
    execute(
        session,
        TIDY + "id IN (" + String.join(",", ids.stream().map(String::valueOf).toList()) + ")");
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
      try {
        open.abort(Runnable::run);
      } catch (SQLException e) {
        log.debug("aborting the canary's connection", e);
      }
    }
  }

  /** Ends the connection, also under a beat that is being written. */
  @Override
  public void close() {
    closed = true;
    end();
  }

  /** Whether a server may take its rows out of the change log again, and nobody is troubled. */
  public static boolean mayTidy(Connection connection) throws SQLException {
    Account account = Account.of(connection);
    // An id that is gone is a gap to a server that was too slow to see it; it must be able to
    // close that, or its positions would grow with each beat.
    return Privileges.of(connection).onTable("DELETE", account.database(), ChangeLogTable.NAME)
        && !(GapProof.of(connection) instanceof NoProof);
  }
}
