package dev.orderwire.judge;

import java.sql.SQLException;

/** What MySQL's errors say to an application. */
final class MysqlError {
  static final int DUPLICATE_KEY = 1062;
  static final int NO_SUCH_THREAD = 1094;
  static final int NO_SUCH_TABLE = 1146;
  private static final int TABLE_CHANGED = 1412;
  private static final int LOCK_WAIT = 1205;
  private static final int DEADLOCK = 1213;
  private static final int SHUTDOWN = 1053;

  private MysqlError() {}

  /** Whether it is the application's own affair, with us as without: it begins its work anew. */
  static boolean isOfTheApplication(SQLException e) {
    return e.getErrorCode() == LOCK_WAIT
        || e.getErrorCode() == DEADLOCK
        || e.getErrorCode() == TABLE_CHANGED;
  }

  static boolean isLostConnection(SQLException e) {
    String state = e.getSQLState();
    return e.getErrorCode() == SHUTDOWN || (state != null && state.startsWith("08"));
  }
}
