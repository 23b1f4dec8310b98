package dev.orderwire.mysql;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;

/**
 * Runs DDL without blocking the application for long. A DDL statement waits for the transactions
 * that have used its table, and every later statement on that table queues behind it. So each
 * attempt is cancelled after a quarter of a second and tried again a little later, until it
 * succeeds or time is up.
 */
public final class NonBlockingDdl {
  private static final Duration ATTEMPT = Duration.ofMillis(250);
  private static final Duration RETRY_DELAY = Duration.ofMillis(400);

  private static final int LOCK_WAIT_TIMEOUT = 1205;

  private final Connection connection;
  private final long timeoutNanos;

  /**
   * @param timeout how long to try one statement
   */
  public NonBlockingDdl(Connection connection, Duration timeout) {
    this.connection = connection;
    this.timeoutNanos = timeout.toNanos();
  }

  /** Whether {@link #run} failed because the table stayed in use. */
  public static boolean isInUse(SQLException e) {
    return e.getErrorCode() == LOCK_WAIT_TIMEOUT;
  }

  /** Tells whether a statement still fits what is in the database. */
  @FunctionalInterface
  public interface Check {
    boolean holds() throws SQLException;
  }

  /**
   * Runs one statement.
   *
   * @throws SQLException with error code 1205 if the table stayed in use until the timeout
   */
  public void run(String sql) throws SQLException {
    runWhile(() -> true, sql);
  }

  /**
   * Runs one statement, as long as it fits. Another server may change the same definitions between
   * two attempts, so each attempt checks again.
   *
   * @return whether the statement has run; false if it no longer fits
   * @throws SQLException with error code 1205 if the table stayed in use until the timeout
   */
  public boolean runWhile(Check fits, String sql) throws SQLException {
    long begun = System.nanoTime();
    while (fits.holds()) {
      if (attempt(sql)) {
        return true;
      }
      if (System.nanoTime() - begun + RETRY_DELAY.toNanos() > timeoutNanos) {
        throw new SQLException("the table is in use", "HY000", LOCK_WAIT_TIMEOUT);
      }
      pause();
    }
    return false;
  }

  /** Whether the statement succeeded; if not, the table was in use. */
  private boolean attempt(String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      Canceller canceller = new Canceller(statement);
      Thread cancelling = Thread.ofVirtual().name("ddl-canceller").start(canceller);
      try {
        statement.execute(sql);
        return true;
      } catch (SQLException e) {
        if (canceller.hasCancelled() || e.getErrorCode() == LOCK_WAIT_TIMEOUT) {
          return false;
        }
        throw e;
      } finally {
        canceller.stop();
        cancelling.interrupt();
        if (canceller.hasCancelled()) {
          absorbCancel(statement);
        }
      }
    }
  }

  /**
   * If the statement had just ended, the cancellation hits the next statement of the session: this
   * one, which does nothing.
   */
  private static void absorbCancel(Statement statement) {
    try {
      statement.execute("DO 0");
    } catch (SQLException e) {
      // The cancellation came here. If the connection is lost, the next statement fails too.
    }
  }

  private static void pause() throws SQLException {
    try {
      Thread.sleep(RETRY_DELAY);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new SQLException("interrupted while waiting for a table", e);
    }
  }

  /** Cancels the statement when its attempt has taken too long. */
  private static final class Canceller implements Runnable {
    private final Statement statement;
    private boolean stopped;
    private boolean cancelled;

    Canceller(Statement statement) {
      this.statement = statement;
    }

    @Override
    public void run() {
      try {
        Thread.sleep(ATTEMPT);
        cancel();
      } catch (InterruptedException e) {
        // The statement has ended.
        Thread.currentThread().interrupt();
      } catch (SQLException e) {
        // Then the session's lock_wait_timeout ends the statement.
      }
    }

    private synchronized void cancel() throws SQLException {
      if (!stopped) {
        cancelled = true;
        statement.cancel();
      }
    }

    synchronized boolean hasCancelled() {
      return cancelled;
    }

    /** Cancels nothing from now on: the session goes on with other statements. */
    synchronized void stop() {
      stopped = true;
    }
  }
}
