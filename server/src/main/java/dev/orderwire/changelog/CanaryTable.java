package dev.orderwire.changelog;

import dev.orderwire.change.Column;
import dev.orderwire.change.ErrorCode;
import dev.orderwire.change.Table;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/**
 * A small table whose rows the servers change to see whether changes arrive. It has the triggers of
 * a watched table, and its changes go their way; but it is in no {@link Catalog}, so that no client
 * sees it.
 */
final class CanaryTable {
  static final String NAME = "orderwire_canary";

  /** Of types whose triggers are the same whatever the database's character set. */
  static final Table TABLE =
      new Table(
          NAME,
          List.of(
              new Column("server", "bigint unsigned", "bigint"),
              new Column("beat", "bigint unsigned", "bigint"),
              new Column("at", "timestamp(6)", "timestamp")),
          List.of("server"));

  private static final OwnTable OWN =
      new OwnTable(
          NAME,
          TABLE.columns().stream().map(column -> column.name() + " " + column.type()).toList(),
          ErrorCode.FOREIGN_CANARY);

  private CanaryTable() {}

  static String createSql() {
    return """
    CREATE TABLE IF NOT EXISTS %s (
      server BIGINT UNSIGNED NOT NULL PRIMARY KEY,
      beat BIGINT UNSIGNED NOT NULL,
      at TIMESTAMP(6) NOT NULL
    ) ENGINE=InnoDB
      COMMENT='Orderwire: each server changes a row here to see whether changes arrive'\
    """
        .formatted(NAME);
  }

  static String dropSql() {
    return "DROP TABLE IF EXISTS " + NAME;
  }

  /** Whether it is there; refuses a table that is not ours. */
  static boolean isThere(Connection connection) throws SQLException {
    return OWN.isThere(connection);
  }

  /**
   * Why this user can have no canary; empty where it can.
   *
   * @param mayInstall whether what is missing would be made
   */
  static Optional<String> obstacle(Connection connection, boolean mayInstall) throws SQLException {
    Problems problems = new Problems();
    problems.collect(() -> {
      boolean missing = !isThere(connection);
      Rights rights = Rights.of(connection, problems);
      rights.onTable(needed(missing && mayInstall), NAME);
      if (missing || !TriggerPlan.of(connection, TABLE).isDone()) {
        if (mayInstall) {
          Server.of(connection).requireTriggersAllowed(rights.everywhere("SUPER"), problems);
        } else {
          problems.add(
              ErrorCode.NOT_INSTALLED,
              "the table %s or a trigger of it is missing or out of date: `orderwire install` makes it (--print shows the SQL)."
                  .formatted(NAME));
        }
      }
    });
    return problems.messages().isEmpty()
        ? Optional.empty()
        : Optional.of(String.join(" ", problems.messages()));
  }

  /** The privileges on it that a server needs. */
  static String needed(boolean create) {
    return "SELECT, INSERT, UPDATE, TRIGGER" + (create ? ", CREATE" : "");
  }

  /** Whether a server may take its rows out of the change log again, and nobody is troubled. */
  static boolean mayTidy(Connection connection) throws SQLException {
    Account account = Account.of(connection);
    // An id that is gone is a gap to a server that was too slow to see it; it must be able to
    // close that, or its positions would grow with each beat.
    return Privileges.of(connection).onTable("DELETE", account.database(), ChangeLogTable.NAME)
        && !(GapProof.of(connection) instanceof NoProof);
  }
}
