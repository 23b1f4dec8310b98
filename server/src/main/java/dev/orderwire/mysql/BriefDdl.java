package dev.orderwire.mysql;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;

/**
 * Changes definitions without holding anybody up. A statement that changes a table's definition
 * waits for the transactions that have used the table, and all who come after wait for it. So it is
 * taken back after a moment, and tried again after a longer one, until it goes through or the
 * patience is at its end.
 */
public final class BriefDdl {
  private static final Duration MOMENT = Duration.ofMillis(250);
  private static final Duration REST = Duration.ofMillis(400);

  private static final int LOCK_WAIT_TIMEOUT = 1205;

  private final Connection connection;
  private final long mostNanos;

  /**
   * @param patience how long to try, at most
   */
  public BriefDdl(Connection connection, Duration patience) {
    this.connection = connection;
    this.mostNanos = patience.toNanos();
  }

  /** Whether this is what {@link #run} throws where the patience was not enough. */
  public static boolean isInUse(SQLException e) {
    return e.getErrorCode() == LOCK_WAIT_TIMEOUT;
  }

  /**
   * Runs one statement.
   *
   * @throws SQLException as MySQL says; {@code 1205} where the table was in use for all the time
   */
  public void run(String sql) throws SQLException {
    long begun = System.nanoTime();
    while (!attempt(sql)) {
      if (System.nanoTime() - begun + REST.toNanos() > mostNanos) {
        throw new SQLException("the table is in use", "HY000", LOCK_WAIT_TIMEOUT);
      }
      rest();
    }
  }

  /** Whether it went through; otherwise the table was in use. */
  private boolean attempt(String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      Watch watch = new Watch(statement);
      Thread watching = Thread.ofVirtual().name("ddl-watch").start(watch);
      try {
        statement.execute(sql);
        return true;
      } catch (SQLException e) {
        if (watch.hasTakenBack() || e.getErrorCode() == LOCK_WAIT_TIMEOUT) {
          return false;
        }
        throw e;
      } finally {
        watch.over();
        watching.interrupt();
        if (watch.hasTakenBack()) {
          settle(statement);
        }
      }
    }
  }

  /** Where it had ended just then, what comes next would be taken back: nothing that matters. */
  private static void settle(Statement statement) {
    try {
      statement.execute("DO 0");
    } catch (SQLException e) {
      // That was it; and where the connection is lost, the next statement says so.
    }
  }

  private static void rest() throws SQLException {
    try {
      Thread.sleep(REST);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new SQLException("interrupted while waiting for a table", e);
    }
  }

  /** Takes the statement back when its moment is over. */
  private static final class Watch implements Runnable {
    private final Statement statement;
    private boolean over;
    private boolean takenBack;

    Watch(Statement statement) {
      this.statement = statement;
    }

    @Override
    public void run() {
      try {
        Thread.sleep(MOMENT);
        cancel();
      } catch (InterruptedException e) {
        // It has ended by itself.
        Thread.currentThread().interrupt();
      } catch (SQLException e) {
        // The session's lock_wait_timeout ends it then.
      }
    }

    private synchronized void cancel() throws SQLException {
      if (!over) {
        takenBack = true;
        statement.cancel();
      }
    }

    synchronized boolean hasTakenBack() {
      return takenBack;
    }

    /** From here on nothing is taken back: what runs next in this session is something else. */
    synchronized void over() {
      over = true;
    }
  }
}
