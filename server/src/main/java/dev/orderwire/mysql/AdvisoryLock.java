package dev.orderwire.mysql;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Set;

/**
 * Lets one server at a time install into or repair a database. A server waits at most a second for
 * the lock, then works without it, so that a stopped server cannot block the others. The work must
 * therefore stay correct if two servers do it at once.
 */
public final class AdvisoryLock {
  /**
   * The name of the lock as an SQL expression, one for each database. A name has at most 64
   * characters, and MySQL 9.7 has no MD5.
   */
  private static final String LOCK = "CONCAT('orderwire upkeep ', LEFT(SHA2(DATABASE(), 256), 32))";

  private static final Duration RETRY_DELAY = Duration.ofMillis(100);

  /**
   * MySQL's errors if another session changed the same definitions between two of our statements:
   * ER_TABLE_EXISTS_ERROR, ER_BAD_FIELD_ERROR, ER_NO_SUCH_TABLE, ER_LOCK_DEADLOCK,
   * ER_TRG_ALREADY_EXISTS, ER_TRG_DOES_NOT_EXIST, ER_TABLE_DEF_CHANGED,
   * ER_REFERENCED_TRG_DOES_NOT_EXIST.
   */
  private static final Set<Integer> CONCURRENT_DDL =
      Set.of(1050, 1054, 1146, 1213, 1359, 1360, 1412, 3011);

  private AdvisoryLock() {}

  /** The work to do under the lock. */
  public interface Work<T> {
    T run() throws SQLException;
  }

  /** Runs the work under the lock. */
  public static <T> T run(Connection connection, Work<T> work) throws SQLException {
    Query.list(connection, "SELECT GET_LOCK(" + LOCK + ", 1)", _ -> true);
    try {
      return work.run();
    } finally {
      Query.list(connection, "SELECT RELEASE_LOCK(" + LOCK + ")", _ -> true);
    }
  }

  /**
   * Runs the work under the lock, and starts it over if another session changed the same
   * definitions meanwhile.
   *
   * @param retryFor how long to start over
   */
  public static <T> T runWithRetries(Connection connection, Duration retryFor, Work<T> work)
      throws SQLException {
    long begun = System.nanoTime();
    while (true) {
      try {
        return run(connection, work);
      } catch (SQLException e) {
        if (!CONCURRENT_DDL.contains(e.getErrorCode())
            || System.nanoTime() - begun > retryFor.toNanos()) {
          throw e;
        }
      }
      pause();
    }
  }

  private static void pause() throws SQLException {
    try {
      Thread.sleep(RETRY_DELAY);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new SQLException("interrupted before a retry", e);
    }
  }
}
