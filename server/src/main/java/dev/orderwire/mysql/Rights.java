package dev.orderwire.mysql;

import dev.orderwire.change.ErrorCode;
import java.sql.Connection;
import java.sql.SQLException;

/** Checks that a user has the required privileges. Each missing one is a problem with its GRANT. */
public final class Rights {
  private final Account account;
  private final Privileges privileges;
  private final Problems problems;

  private Rights(Account account, Privileges privileges, Problems problems) {
    this.account = account;
    this.privileges = privileges;
    this.problems = problems;
  }

  public static Rights of(Connection connection, Problems problems) throws SQLException {
    return new Rights(Account.of(connection), Privileges.of(connection), problems);
  }

  /**
   * Requires privileges on a table.
   *
   * @param needed the privileges, separated by a comma and a space
   */
  public void onTable(String needed, String table) {
    String missing = privileges.missing(needed, account.database(), table);
    if (!missing.isEmpty()) {
      problems.add(
          ErrorCode.MISSING_PRIVILEGE,
          "%s@%s lacks the privilege %s on the table %s: %s;"
              .formatted(
                  account.user(), account.host(), missing, table, account.grant(missing, table)));
    }
  }

  /** Whether the user has the privilege on all databases. */
  public boolean everywhere(String privilege) {
    return privileges.everywhere(privilege);
  }

  /** Whether MySQL shows the user the triggers of a table. */
  public boolean seesTriggersOf(String table) {
    return privileges.onTable("TRIGGER", account.database(), table);
  }

  public Account account() {
    return account;
  }
}
