package dev.orderwire.mysql;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Set;

/**
 * One at a time puts a database right, so that several servers do not get into each other's way.
 * One that was stopped in its turn does not hold up the others: then they do get into each other's
 * way, and try again.
 */
public final class AdvisoryLock {
  /**
   * An advisory lock, as an expression: one for each database. Its name may have 64 characters, and
   * MySQL 9.7 has no MD5.
   */
  private static final String LOCK = "CONCAT('orderwire upkeep ', LEFT(SHA2(DATABASE(), 256), 32))";

  private static final Duration REST = Duration.ofMillis(100);

  /**
   * What MySQL says where definitions changed between two of our statements: ER_TABLE_EXISTS_ERROR,
   * ER_BAD_FIELD_ERROR, ER_NO_SUCH_TABLE, ER_LOCK_DEADLOCK, ER_TRG_ALREADY_EXISTS,
   * ER_TRG_DOES_NOT_EXIST, ER_TABLE_DEF_CHANGED, ER_REFERENCED_TRG_DOES_NOT_EXIST.
   */
  private static final Set<Integer> MEANWHILE =
      Set.of(1050, 1054, 1146, 1213, 1359, 1360, 1412, 3011);

  private AdvisoryLock() {}

  /** What is done in a turn. */
  public interface Work<T> {
    T run() throws SQLException;
  }

  /** Does it in a turn of its own. */
  public static <T> T take(Connection connection, Work<T> work) throws SQLException {
    Query.list(connection, "SELECT GET_LOCK(" + LOCK + ", 1)", _ -> true);
    try {
      return work.run();
    } finally {
      Query.list(connection, "SELECT RELEASE_LOCK(" + LOCK + ")", _ -> true);
    }
  }

  /**
   * Does it in a turn, and all over again where something else changed the same definitions
   * meanwhile.
   *
   * @param patience how long to try again
   */
  public static <T> T takeUntilDone(Connection connection, Duration patience, Work<T> work)
      throws SQLException {
    long begun = System.nanoTime();
    while (true) {
      try {
        return take(connection, work);
      } catch (SQLException e) {
        if (!MEANWHILE.contains(e.getErrorCode())
            || System.nanoTime() - begun > patience.toNanos()) {
          throw e;
        }
      }
      rest();
    }
  }

  private static void rest() throws SQLException {
    try {
      Thread.sleep(REST);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new SQLException("interrupted while a table's definition changed", e);
    }
  }
}
