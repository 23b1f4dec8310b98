package dev.orderwire.capture.triggers;

import dev.orderwire.change.ErrorCode;
import dev.orderwire.changelog.ChangeLogTable;
import dev.orderwire.mysql.Account;
import dev.orderwire.mysql.Privileges;
import dev.orderwire.mysql.Problems;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Checks what triggers may do. A trigger runs with the privileges of its definer, the user who
 * created it, and of the definer's default roles alone. If the definer lacks TRIGGER or is gone,
 * every write to the table fails; if it lacks INSERT on the change log, the writes go unlogged.
 */
public final class DefinerRights {
  /**
   * What triggers cannot do.
   *
   * @param what the same for every user who finds it
   */
  public record Lack(String what, String wayOut) {
    @Override
    public String toString() {
      return what + ": " + wayOut;
    }
  }

  private static final int NO_SUCH_ACCOUNT = 1141;

  /** As MySQL spells it. */
  private static final String NO_ROLES = "NONE";

  private DefinerRights() {}

  /**
   * Reports what triggers could not do if this user created them, although the user's sessions can.
   *
   * @param tables to create triggers on
   */
  static void ofUser(Connection connection, Collection<String> tables, Problems problems)
      throws SQLException {
    Account account = Account.of(connection);
    Privileges session = Privileges.of(connection);
    Privileges triggers = Privileges.ofTriggers(connection);
    String roles = Privileges.activeRoles(connection);
    for (String table : tables) {
      needed(table)
          .forEach((object, privileges) -> {
            String missing = triggers.missing(privileges, account.database(), object);
            if (!missing.isEmpty()
                && session.missing(missing, account.database(), object).isEmpty()) {
              problems.add(
                  ErrorCode.MISSING_PRIVILEGE,
                  lack(account, table, missing, object, roles).toString());
            }
          });
    }
  }

  /**
   * What the existing triggers of a table lack. A definer whose privileges this user may not see
   * counts as complete.
   */
  public static List<Lack> lacking(Connection connection, String table) throws SQLException {
    List<Lack> lacking = new ArrayList<>();
    for (Account account : definers(connection, table)) {
      boolean own = account.equals(Account.of(connection));
      try {
        Optional<Privileges> privileges = privileges(connection, account);
        String roles = own ? Privileges.activeRoles(connection) : NO_ROLES;
        privileges.ifPresent(granted ->
            needed(table)
                .forEach((object, wanted) -> {
                  String missing = granted.missing(wanted, account.database(), object);
                  if (!missing.isEmpty()) {
                    lacking.add(lack(account, table, missing, object, roles));
                  }
                }));
      } catch (SQLException e) {
        if (e.getErrorCode() != NO_SUCH_ACCOUNT) {
          throw e;
        }
        lacking.add(gone(account, table));
      }
    }
    return lacking;
  }

  /**
   * Whether what a user with more privileges has found is of a definer whom this user cannot see.
   */
  static boolean isHidden(Connection connection, String table, String what) throws SQLException {
    for (Account account : definers(connection, table)) {
      if (what.contains(account.name())) {
        try {
          return privileges(connection, account).isEmpty();
        } catch (SQLException e) {
          if (e.getErrorCode() != NO_SUCH_ACCOUNT) {
            throw e;
          }
        }
      }
    }
    return false;
  }

  private static List<Account> definers(Connection connection, String table) throws SQLException {
    String database = Account.of(connection).database();
    return TableChecks.definers(connection, table).stream()
        .map(definer -> {
          int at = definer.lastIndexOf('@');
          return new Account(definer.substring(0, at), definer.substring(at + 1), database);
        })
        .toList();
  }

  private static Optional<Privileges> privileges(Connection connection, Account account)
      throws SQLException {
    return account.equals(Account.of(connection))
        ? Optional.of(Privileges.ofTriggers(connection))
        : Privileges.ofTriggers(connection, account);
  }

  /** What a trigger of the table does: it reads the row, and inserts into the change log. */
  private static Map<String, String> needed(String table) {
    return Map.of(table, "SELECT, TRIGGER", ChangeLogTable.NAME, "INSERT");
  }

  private static Lack lack(
      Account account, String table, String missing, String object, String roles) {
    String grant = account.grant(missing, object) + ";";
    return new Lack(
        "the triggers on %s run with the privileges of %s and of its default roles, and these lack %s on %s"
            .formatted(table, account.name(), missing, object),
        roles.equals(NO_ROLES)
            ? grant
            : "%s or, if its roles have the privilege: SET DEFAULT ROLE %s TO %s;"
                .formatted(grant, roles, account.name()));
  }

  private static Lack gone(Account account, String table) {
    return new Lack(
        "the triggers on %s run with the privileges of %s, and that account does not exist, so every write to the table fails"
            .formatted(table, account.name()),
        "create it again, or drop these triggers.");
  }
}
