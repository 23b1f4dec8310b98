package dev.orderwire.capture;

import dev.orderwire.change.ErrorCode;
import dev.orderwire.change.OrderwireException;
import dev.orderwire.mysql.Mysql;
import java.sql.SQLException;
import java.util.Set;

/** Turns what MySQL reports during an installation into an error that names the way out. */
final class InstallFailure {
  private static final int LOCK_WAIT_TIMEOUT = 1205;
  private static final Set<Integer> ACCESS_DENIED = Set.of(1044, 1045, 1142, 1143, 1227, 1370);

  private InstallFailure() {}

  static OrderwireException of(SQLException e) {
    if (e.getErrorCode() == LOCK_WAIT_TIMEOUT) {
      return new OrderwireException(
          ErrorCode.TABLE_BUSY,
          "the triggers of a table could not be changed within %d seconds, because a transaction that used the table is still open: find it with SELECT * FROM performance_schema.metadata_locks, end it, and install again."
              .formatted(InstallSession.PATIENCE.toSeconds()),
          e);
    }
    if (ACCESS_DENIED.contains(e.getErrorCode())) {
      return new OrderwireException(
          ErrorCode.MISSING_PRIVILEGE,
          "MySQL denied access (" + Mysql.reason(e) + "): grant the privilege, and try again.",
          e);
    }
    return new OrderwireException(
        ErrorCode.MYSQL_FAILED, "MySQL rejected a statement: " + Mysql.reason(e), e);
  }
}
