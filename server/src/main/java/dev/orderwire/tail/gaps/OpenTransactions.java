package dev.orderwire.tail.gaps;

import dev.orderwire.mysql.Privileges;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;

/**
 * The open transactions of the whole server that have written anything, by {@code
 * information_schema.innodb_trx}: for a user with PROCESS who may not read performance_schema.
 *
 * <p>No id is handed out to a transaction that is not shown. A trigger gets its id after the row of
 * the watched table has been written, and InnoDB has made the transaction a writing one, with an id
 * of its own, before that. One that has written nothing has a number of {@link #WRITES_NOTHING} or
 * above, and owns no id of ours.
 *
 * <p>But the table is a copy, which MySQL renews only where nobody has read it for 100 ms: other
 * readers can keep it old for as long as they like. So the look is made in a transaction of its
 * own, and counts only where the copy shows that transaction running this very statement.
 * ProbeSchedule are far apart, at random: several servers that asked at fixed times could keep each
 * other from ever seeing a new copy.
 */
public final class OpenTransactions implements GapProof {
  private static final long SHORTEST_PAUSE = 250;
  private static final long LONGEST_PAUSE = 500;

  /** InnoDB gives 48 bits to the numbers of those that write, and prints more for the others. */
  private static final long WRITES_NOTHING = 1L << 48;

  private long looks = ThreadLocalRandom.current().nextLong(1L << 60);

  @Override
  public Optional<OpenWriters> look(Connection session) throws SQLException {
    try (Statement statement = session.createStatement()) {
      // Begins the transaction at once, whatever the isolation level.
      statement.execute("START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY");
      try {
        return read(statement, ++looks);
      } finally {
        statement.execute("COMMIT");
      }
    }
  }

  private static Optional<OpenWriters> read(Statement statement, long look) throws SQLException {
    boolean fresh = false;
    Set<String> transactions = new HashSet<>();
    Set<String> statements = new HashSet<>();
    try (ResultSet rows =
        statement.executeQuery(
            """
            SELECT /* orderwire look %d */ trx_id, trx_query IS NOT NULL, trx_is_read_only,
                   trx_mysql_thread_id = CONNECTION_ID()
                     AND COALESCE(INSTR(trx_query, ' look %d '), 0) > 0
              FROM information_schema.innodb_trx\
            """
                .formatted(look, look))) {
      while (rows.next()) {
        fresh |= rows.getBoolean(4);
        boolean mayWrite = rows.getLong(1) < WRITES_NOTHING && !rows.getBoolean(3);
        if (mayWrite) {
          transactions.add(rows.getString(1));
          if (rows.getBoolean(2)) {
            statements.add(rows.getString(1));
          }
        }
      }
    }
    return fresh ? Optional.of(new OpenWriters(transactions, statements)) : Optional.empty();
  }

  @Override
  public Duration pause() {
    return Duration.ofMillis(
        ThreadLocalRandom.current().nextLong(SHORTEST_PAUSE, LONGEST_PAUSE + 1));
  }

  /** Whether this user may see them. Asks the grants: to read the table would keep its copy old. */
  static boolean areShown(Connection session) throws SQLException {
    return Privileges.of(session).everywhere("PROCESS");
  }
}
