package dev.orderwire.mysql;

import dev.orderwire.change.ErrorCode;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.function.Predicate;

/** Holds the privileges of a user against what is needed, and names the GRANT for what is not. */
public final class Rights {
  private static final ErrorCode CODE = ErrorCode.MISSING_PRIVILEGE;

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

  /** Each of {@code needed} (separated by a comma) must be held on the table. */
  public void onTable(String needed, String table) {
    String missing =
        missing(needed, privilege -> privileges.onTable(privilege, account.database(), table));
    add(missing, "on the table " + table, account.grant(missing, table));
  }

  void onDatabase(String needed) {
    String missing =
        missing(needed, privilege -> privileges.onDatabase(privilege, account.database()));
    add(missing, "on the database " + account.database(), account.grant(missing));
  }

  public boolean everywhere(String privilege) {
    return privileges.everywhere(privilege);
  }

  /** Whether the user sees which triggers a table has. */
  public boolean seesTriggersOf(String table) {
    return privileges.onTable("TRIGGER", account.database(), table);
  }

  public Account account() {
    return account;
  }

  private static String missing(String needed, Predicate<String> held) {
    return String.join(", ", List.of(needed.split(", ")).stream().filter(held.negate()).toList());
  }

  private void add(String missing, String where, String grant) {
    if (!missing.isEmpty()) {
      problems.add(
          CODE,
          "%s@%s lacks the privilege %s %s: %s;"
              .formatted(account.user(), account.host(), missing, where, grant));
    }
  }
}
