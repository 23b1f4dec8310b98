package dev.orderwire.doctor;

import dev.orderwire.capture.triggers.InstallPlan;
import dev.orderwire.capture.triggers.TableChecks;
import dev.orderwire.capture.triggers.Trigger;
import dev.orderwire.capture.triggers.TriggerPlan;
import dev.orderwire.change.OrderwireException;
import dev.orderwire.changelog.ChangeLogTable;
import dev.orderwire.mysql.Account;
import dev.orderwire.mysql.Problems;
import dev.orderwire.mysql.Rights;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/** What concerns the watched tables, one after the other, and then what the user may do there. */
final class TableCheckup {
  private final Connection connection;
  private final boolean installed;
  private final List<Finding> findings;
  private final Problems lacking = new Problems();
  private final Rights rights;
  private final List<TriggerPlan> unfinished = new ArrayList<>();

  private TableCheckup(Connection connection, boolean installed, List<Finding> findings)
      throws SQLException {
    this.connection = connection;
    this.installed = installed;
    this.findings = findings;
    this.rights = Rights.of(connection, lacking);
  }

  /**
   * @param installed whether the change log is there, so that triggers ought to be
   */
  static void of(
      Connection connection, boolean installed, Collection<String> tables, List<Finding> findings)
      throws SQLException {
    TableCheckup checkup = new TableCheckup(connection, installed, findings);
    for (String table : tables) {
      checkup.examine(table);
    }
    checkup.rights();
  }

  private void examine(String table) throws SQLException {
    String subject = "table " + table;
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
              "it is partitioned, and no trigger sees DROP, TRUNCATE or EXCHANGE PARTITION",
              "Delete rows where their going is to be seen."));
    }
  }

  private Finding triggers(TriggerPlan plan) {
    String subject = "triggers on " + plan.table().name();
    if (plan.isDone()) {
      return Finding.ok(subject, "they are there, and as they should be");
    }
    if (!installed) {
      unfinished.add(plan);
      return Finding.warning(
          subject,
          "they are not there",
          "`orderwire install` makes them, and so does `orderwire serve` (install.auto).");
    }
    if (!rights.seesTriggersOf(plan.table().name())) {
      return Finding.warning(
          subject,
          "this user cannot see whether they are there",
          rights.account().grant("TRIGGER", plan.table().name()) + ";");
    }
    unfinished.add(plan);
    List<String> missing = plan.missing().stream().map(Trigger::name).toList();
    return Finding.problem(
        subject,
        "missing, or not of the table's present shape: %s; changes are not logged, or not whole"
            .formatted(String.join(", ", missing)),
        "`orderwire install`.");
  }

  /** A trigger runs as who made it; where that user is gone, MySQL refuses every write. */
  private void definers(String table) throws SQLException {
    Account account = rights.account();
    for (String definer : TableChecks.definers(connection, table)) {
      if (!definer.equals(account.user() + "@" + account.host())) {
        findings.add(
            Finding.warning(
                "triggers on " + table,
                "they run with the rights of %s, who made them; without that user every write to the table would fail"
                    .formatted(definer),
                "Keep that user, or remove them and install as the user who stays."));
      }
    }
  }

  /** What is needed to read, and to install what is missing. */
  private void rights() throws SQLException {
    if (installed) {
      rights.onTable("SELECT", ChangeLogTable.NAME);
    }
    new InstallPlan(!installed, !installed, false, !installed, unfinished)
        .rights(connection, lacking);
    if (lacking.messages().isEmpty()) {
      findings.add(Finding.ok("privileges", "this user may do all that is needed"));
    }
    lacking.messages().forEach(text -> findings.add(Finding.problem("privileges", text, "")));
  }
}
