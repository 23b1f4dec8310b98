package dev.orderwire.capture.triggers;

import dev.orderwire.changelog.CanaryTable;
import dev.orderwire.changelog.ChangeLogTable;
import dev.orderwire.changelog.RevokedTable;
import dev.orderwire.changelog.StateTable;
import dev.orderwire.mysql.Problems;
import dev.orderwire.mysql.Query;
import dev.orderwire.mysql.Rights;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** What an uninstallation removes: everything of Orderwire's in the database. */
record UninstallPlan(
    List<InstalledTrigger> triggers, boolean log, boolean state, boolean canary, boolean revoked) {

  static UninstallPlan of(Connection connection) throws SQLException {
    return new UninstallPlan(
        InstalledTrigger.all(connection),
        ChangeLogTable.isThere(connection),
        StateTable.isThere(connection),
        CanaryTable.isThere(connection),
        RevokedTable.isThere(connection));
  }

  /**
   * Checks the privileges before anything is removed. TRIGGER is needed on every table: MySQL hides
   * triggers without it, and hidden triggers would stay.
   *
   * @throws OrderwireException {@code missing_privilege}
   */
  void requireRights(Connection connection) throws SQLException {
    Problems problems = new Problems();
    Rights rights = Rights.of(connection, problems);
    List<String> tables =
        Query.list(
            connection,
            """
            SELECT table_name AS name FROM information_schema.tables
             WHERE table_schema = DATABASE() AND table_type = 'BASE TABLE'
               AND table_name NOT IN (?, ?)
             ORDER BY table_name\
            """,
            row -> row.getString("name"),
            ChangeLogTable.NAME,
            StateTable.NAME);
    tables.forEach(table -> rights.onTable("TRIGGER", table));
    if (log) {
      rights.onTable("DROP", ChangeLogTable.NAME);
    }
    if (state) {
      rights.onTable("DROP", StateTable.NAME);
    }
    if (canary) {
      rights.onTable("DROP", CanaryTable.NAME);
    }
    if (revoked) {
      rights.onTable("DROP", RevokedTable.NAME);
    }
    problems.throwIfAny();
  }

  /** The SQL that removes everything, triggers first: none may run without its change log. */
  List<String> statements() {
    List<String> statements = new ArrayList<>();
    triggers.forEach(trigger -> statements.add(Trigger.dropSql(trigger.name())));
    if (log) {
      statements.add(ChangeLogTable.dropSql());
    }
    if (state) {
      statements.add(StateTable.dropSql());
    }
    if (canary) {
      statements.add(CanaryTable.dropSql());
    }
    if (revoked) {
      statements.add(RevokedTable.dropSql());
    }
    return statements;
  }

  /** What the statements remove, one item a line. */
  List<String> removed() {
    List<String> removed = new ArrayList<>();
    triggers.forEach(
        trigger -> removed.add("trigger %s on %s".formatted(trigger.name(), trigger.table())));
    if (log) {
      removed.add("change log " + ChangeLogTable.NAME);
    }
    if (canary) {
      removed.add("table " + CanaryTable.NAME);
    }
    if (revoked) {
      removed.add("table " + RevokedTable.NAME);
    }
    return removed;
  }
}
