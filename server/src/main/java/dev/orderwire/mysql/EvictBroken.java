package dev.orderwire.mysql;

import com.zaxxer.hikari.SQLExceptionOverride;
import java.sql.SQLException;

/**
 * Removes each broken connection from the pool. The pool itself knows one by its SQLSTATE alone,
 * and would give the next query a connection that broke in the middle of a result.
 */
final class EvictBroken implements SQLExceptionOverride {
  @java.lang.Override
  public SQLExceptionOverride.Override adjudicate(SQLException failure) {
    return QueryFailure.isOutage(failure)
        ? SQLExceptionOverride.Override.MUST_EVICT
        : SQLExceptionOverride.Override.CONTINUE_EVICT;
  }
}
