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
 * Finds all transactions of the MySQL server that have written anything, in {@code
 * information_schema.innodb_trx}: for a user who has PROCESS but may not read performance_schema.
 *
 * <p>A transaction that is not shown has no id of the change log. A trigger gets its id after the
 * row of the watched table was written, and before that InnoDB has given the transaction a number
 * as a writing one. A transaction that has written nothing has a number of {@link #WRITES_NOTHING}
 * or above.
 *
 * <p>The table is a copy, which MySQL renews only if nobody has read it for 100 ms, so other
 * readers can keep it stale for any time. Therefore each check runs in a transaction of its own,
 * and counts only if the copy shows that transaction running this very statement. Checks are far
 * apart, at random intervals: with fixed intervals, several servers could forever keep each other
 * from seeing a new copy.
 */
public final class OpenTransactions implements GapProof {
  private static final long SHORTEST_PAUSE = 250;
  private static final long LONGEST_PAUSE = 500;

  /** InnoDB's numbers of writing transactions have 48 bits; it prints larger ones for others. */
  private static final long WRITES_NOTHING = 1L << 48;

  private long checks = ThreadLocalRandom.current().nextLong(1L << 60);

  @Override
  public Optional<OpenWriters> findWriters(Connection session) throws SQLException {
    try (Statement statement = session.createStatement()) {
      // Begins the transaction at once, at any isolation level.
      statement.execute("START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY");
      try {
        return read(statement, ++checks);
      } finally {
        statement.execute("COMMIT");
      }
    }
  }

  private static Optional<OpenWriters> read(Statement statement, long check) throws SQLException {
    boolean fresh = false;
    Set<String> transactions = new HashSet<>();
    Set<String> statements = new HashSet<>();
    try (ResultSet rows =
        statement.executeQuery(
            """
            SELECT /* orderwire check %d */ trx_id, trx_query IS NOT NULL, trx_is_read_only,
                   trx_mysql_thread_id = CONNECTION_ID()
                     AND COALESCE(INSTR(trx_query, ' check %d '), 0) > 0
              FROM information_schema.innodb_trx\
            """
                .formatted(check, check))) {
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

  /** Whether the user may see them, by its grants: reading the table would keep its copy stale. */
  static boolean areVisible(Connection session) throws SQLException {
    return Privileges.of(session).everywhere("PROCESS");
  }
}
