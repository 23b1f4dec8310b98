package dev.orderwire.doctor;

import dev.orderwire.capture.triggers.DefinerRights;
import dev.orderwire.capture.triggers.InstallPlan;
import dev.orderwire.capture.triggers.TableChecks;
import dev.orderwire.capture.triggers.Trigger;
import dev.orderwire.capture.triggers.TriggerPlan;
import dev.orderwire.change.OrderwireException;
import dev.orderwire.changelog.ChangeLogTable;
import dev.orderwire.changelog.RevokedTable;
import dev.orderwire.mysql.Account;
import dev.orderwire.mysql.Problems;
import dev.orderwire.mysql.Rights;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/** Checks the watched tables one by one, and then the user's privileges. */
final class TableCheckup {
  private static final String INSTALL =
      "Run `orderwire install`, or `orderwire serve`, which installs unless install.auto is false.";

  private final Connection connection;
  private final boolean installed;
  private final List<Finding> findings;
  private final Problems missingRights = new Problems();
  private final Rights rights;
  private final List<TriggerPlan> unfinished = new ArrayList<>();

  private boolean revokedMissing;

  private TableCheckup(Connection connection, boolean installed, List<Finding> findings)
      throws SQLException {
    this.connection = connection;
    this.installed = installed;
    this.findings = findings;
    this.rights = Rights.of(connection, missingRights);
  }

  /**
   * Checks the tables.
   *
   * @param installed whether the change log exists: if so, triggers must exist too
   */
  static void run(
      Connection connection, boolean installed, Collection<String> tables, List<Finding> findings)
      throws SQLException {
    TableCheckup checkup = new TableCheckup(connection, installed, findings);
    for (String table : tables) {
      checkup.table(table);
    }
    checkup.rights();
  }

  private void table(String table) throws SQLException {
    String subject = "table " + table;
    if (table.equals(RevokedTable.NAME) && !RevokedTable.isThere(connection)) {
      revokedMissing = true;
      unfinished.add(TriggerPlan.of(connection, RevokedTable.TABLE));
      findings.add(Finding.warning(subject, "it does not exist yet", INSTALL));
      return;
    }
    try {
      TriggerPlan plan = TriggerPlan.of(connection, table);
      rights.onTable("SELECT", table);
      Problems problems = new Problems();
      TableChecks.engine(connection, table, problems);
      problems.throwIfAny();
      findings.add(Finding.ok(subject, "its key is " + String.join(", ", plan.table().key())));
      findings.add(triggers(plan));
    } catch (OrderwireException e) {
      findings.add(Finding.problem(subject, String.valueOf(e.getMessage()), ""));
      return;
    }
    definers(table);
    for (TableChecks.Cascade cascade : TableChecks.cascades(connection, table)) {
      findings.add(
          Finding.warning(
              subject,
              cascade.toString(),
              "Let the application change these rows itself, and make the foreign key RESTRICT."));
    }
    if (TableChecks.isPartitioned(connection, table)) {
      findings.add(
          Finding.warning(
              subject,
              "it is partitioned, and triggers do not log DROP, TRUNCATE or EXCHANGE PARTITION",
              "Use DELETE to remove rows whose removal clients must see."));
    }
  }

  private Finding triggers(TriggerPlan plan) {
    String subject = "triggers on " + plan.table().name();
    if (plan.isDone()) {
      return Finding.ok(subject, "all exist and fit the table");
    }
    if (!installed) {
      unfinished.add(plan);
      return Finding.warning(subject, "they do not exist yet", INSTALL);
    }
    if (!rights.seesTriggersOf(plan.table().name())) {
      return Finding.warning(
          subject,
          "the user cannot see whether they exist",
          rights.account().grant("TRIGGER", plan.table().name()) + ";");
    }
    unfinished.add(plan);
    List<String> missing = plan.missing().stream().map(Trigger::name).toList();
    return Finding.problem(
        subject,
        "missing, or outdated by a change of the table: %s; changes are not logged, or not completely"
            .formatted(String.join(", ", missing)),
        "Run `orderwire install`.");
  }

  /**
   * A trigger runs with the privileges of the user who created it. If that user is gone, MySQL
   * refuses every write to the table.
   */
  private void definers(String table) throws SQLException {
    String subject = "triggers on " + table;
    for (DefinerRights.Lack lack : DefinerRights.lacking(connection, table)) {
      findings.add(Finding.problem(subject, lack.what(), lack.wayOut()));
    }
    Account account = rights.account();
    for (String definer : TableChecks.definers(connection, table)) {
      if (!definer.equals(account.user() + "@" + account.host())) {
        findings.add(
            Finding.warning(
                subject,
                "they run with the privileges of %s, who created them; if that user is dropped, every write to the table fails"
                    .formatted(definer),
                "Keep that user, or drop these triggers and install as a user who stays."));
      }
    }
  }

  /** Checks the privileges to read, and to install what is missing. */
  private void rights() throws SQLException {
    if (installed) {
      rights.onTable("SELECT", ChangeLogTable.NAME);
    }
    new InstallPlan(!installed, !installed, false, revokedMissing, !installed, unfinished)
        .rights(connection, missingRights);
    if (missingRights.messages().isEmpty()) {
      findings.add(Finding.ok("privileges", "the user has all that are needed"));
    }
    missingRights.messages().forEach(text -> findings.add(Finding.problem("privileges", text, "")));
  }
}
