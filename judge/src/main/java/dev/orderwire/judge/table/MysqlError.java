package dev.orderwire.judge.table;

import java.sql.SQLException;

/** MySQL's error codes, as far as the judge expects them. */
public final class MysqlError {
  public static final int DUPLICATE_KEY = 1062;
  public static final int NO_SUCH_THREAD = 1094;
  public static final int NO_SUCH_TABLE = 1146;
  private static final int TABLE_CHANGED = 1412;
  private static final int LOCK_WAIT_TIMEOUT = 1205;
  private static final int DEADLOCK = 1213;
  private static final int SHUTDOWN = 1053;
  private static final int TIME_LIMIT = 3024;

  private MysqlError() {}

  /** Whether an application must expect this error, with or without Orderwire. */
  public static boolean isExpected(SQLException e) {
    return e.getErrorCode() == LOCK_WAIT_TIMEOUT
        || e.getErrorCode() == DEADLOCK
        || e.getErrorCode() == TABLE_CHANGED
        || isTimeLimit(e);
  }

  /** Whether a query took longer than {@code max_execution_time}, also one of the driver's own. */
  static boolean isTimeLimit(SQLException e) {
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof SQLException sql && sql.getErrorCode() == TIME_LIMIT) {
        return true;
      }
    }
    return false;
  }

  public static boolean isLostConnection(SQLException e) {
    String state = e.getSQLState();
    return e.getErrorCode() == SHUTDOWN || (state != null && state.startsWith("08"));
  }
}
