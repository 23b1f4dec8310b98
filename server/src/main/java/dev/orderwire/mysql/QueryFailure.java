package dev.orderwire.mysql;

import dev.orderwire.change.ErrorCode;
import dev.orderwire.change.OrderwireException;
import java.io.IOException;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.util.Set;
import javax.net.ssl.SSLException;

/** Tells failures of a query apart: MySQL is unavailable, or it answers and the query fails. */
final class QueryFailure {
  /**
   * ER_CON_COUNT_ERROR, ER_SERVER_SHUTDOWN, ER_NORMAL_SHUTDOWN, ER_TOO_MANY_USER_CONNECTIONS,
   * ER_USER_LIMIT_REACHED, ER_SERVER_OFFLINE_MODE, ER_CLIENT_INTERACTION_TIMEOUT.
   */
  private static final Set<Integer> OUTAGE = Set.of(1040, 1053, 1077, 1203, 1226, 3032, 4031);

  /** ER_QUERY_TIMEOUT; ER_QUERY_INTERRUPTED, after KILL QUERY. */
  private static final Set<Integer> ENDED = Set.of(3024, 1317);

  /** ER_LOCK_WAIT_TIMEOUT, ER_LOCK_DEADLOCK. */
  private static final Set<Integer> LOCKED = Set.of(1205, 1213);

  /**
   * Errors of values that have no SQLSTATE of class 22: ER_TRUNCATED_WRONG_VALUE_FOR_FIELD,
   * ER_WRONG_VALUE_FOR_TYPE, ER_INVALID_JSON_PATH, ER_CANNOT_CONVERT_STRING. The errors of regular
   * expressions lie between {@link #FIRST_REGEXP} and {@link #LAST_REGEXP}.
   */
  private static final Set<Integer> VALUE = Set.of(1366, 1411, 3143, 3854);

  /** ER_REGEXP_ERROR. */
  private static final int FIRST_REGEXP = 3685;

  /** ER_REGEXP_INVALID_CAPTURE_GROUP_NAME. */
  private static final int LAST_REGEXP = 3700;

  private QueryFailure() {}

  /** The exception to throw if MySQL could not be asked. */
  static OrderwireException outage(SQLException cause, MysqlOptions options) {
    return new OrderwireException(
        ErrorCode.MYSQL_UNAVAILABLE,
        isTls(cause)
            ? "no TLS with MySQL at %s: %s.".formatted(options, Mysql.reason(cause))
            : "cannot query MySQL at %s: %s. Check that it is running and reachable."
                .formatted(options, Mysql.reason(cause)),
        cause);
  }

  private static boolean isTls(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof SSLException) {
        return true;
      }
    }
    return false;
  }

  /**
   * The exception to throw if MySQL answered with an error. Clients may see its message, except
   * that of {@code query_refused}.
   */
  static OrderwireException answered(SQLException cause, MysqlOptions options) {
    if (ENDED.contains(cause.getErrorCode())) {
      return new OrderwireException(
          ErrorCode.QUERY_ENDED,
          "MySQL ended a query before its result was complete (error %d): find what limits or kills queries, since Orderwire sets max_execution_time to 0; or ask for fewer rows"
              .formatted(cause.getErrorCode()),
          cause);
    }
    if (LOCKED.contains(cause.getErrorCode())) {
      return new OrderwireException(
          ErrorCode.TABLE_LOCKED,
          "another session holds a lock for too long (error %d): end its transaction, or try again"
              .formatted(cause.getErrorCode()),
          cause);
    }
    if (isOfValue(cause)) {
      return new OrderwireException(
          ErrorCode.UNREADABLE_ROW,
          "MySQL cannot compute a value (%s): correct the row".formatted(codes(cause)),
          cause);
    }
    return new OrderwireException(
        ErrorCode.QUERY_REFUSED,
        "MySQL at %s refused a query: %s. Run `orderwire doctor`: it says what is missing."
            .formatted(options, Mysql.reason(cause)),
        cause);
  }

  /**
   * Whether MySQL could not be asked: it is away, ends sessions, or lets nobody in. If a connection
   * breaks in the middle of a result, only the cause tells. The pool's own failure, when it has no
   * connection in time, has no number.
   */
  static boolean isOutage(SQLException failure) {
    return state(failure).startsWith("08")
        || state(failure).startsWith("28")
        || OUTAGE.contains(failure.getErrorCode())
        || failure instanceof SQLTransientConnectionException
        || isBroken(failure);
  }

  private static boolean isBroken(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof IOException) {
        return true;
      }
    }
    return false;
  }

  /** Whether the query failed because of a stored value: repeating it fails again. */
  static boolean isOfValue(SQLException failure) {
    int code = failure.getErrorCode();
    return state(failure).startsWith("22")
        || VALUE.contains(code)
        || (code >= FIRST_REGEXP && code <= LAST_REGEXP);
  }

  /** MySQL's numbers for the failure. Its text can show values of columns. */
  static String codes(SQLException failure) {
    return "error %d, SQLSTATE %s".formatted(failure.getErrorCode(), state(failure));
  }

  private static String state(SQLException failure) {
    return failure.getSQLState() == null ? "" : failure.getSQLState();
  }
}
