package dev.orderwire.doctor;

import dev.orderwire.capture.InstallSession;
import dev.orderwire.change.OrderwireException;
import dev.orderwire.changelog.ChangeLogTable;
import dev.orderwire.mysql.Mysql;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * ProbeSchedule at a MySQL and says what stands in the way of following its tables, and what to do.
 */
public final class Doctor {
  private Doctor() {}

  /**
   * ProbeSchedule at everything and changes nothing. Something is wrong where a finding is a {@link
   * Finding.Severity#PROBLEM}. A MySQL that cannot be reached is a finding too: this throws
   * nothing.
   *
   * @param tables the tables that are to be watched
   * @param canary whether a canary is wanted
   * @param doorbell whether the binlog is to tell of changes where it can
   * @return the findings in the order to read them in
   */
  public static List<Finding> examine(
      Mysql mysql, List<String> tables, boolean canary, boolean doorbell) {
    return examine(mysql, tables, canary, doorbell, InstantSource.system());
  }

  static List<Finding> examine(
      Mysql mysql, List<String> tables, boolean canary, boolean doorbell, InstantSource clock) {
    List<Finding> findings = new ArrayList<>();
    try (Connection connection = InstallSession.connect(mysql)) {
      if (ServerCheckup.of(connection, clock, findings)) {
        logAndTables(connection, new LinkedHashSet<>(tables), findings);
        if (canary) {
          CanaryCheckup.of(connection, findings);
        }
        findings.add(DoorbellCheckup.of(connection, mysql.options(), doorbell));
        findings.add(
            Finding.ok(
                "what no trigger sees",
                "rows that a replica applies, and rows that foreign keys change"
                    + " (ON DELETE CASCADE and the like) never arrive as changes"));
      }
    } catch (SQLException e) {
      findings.add(
          Finding.problem(
              "MySQL",
              mysql.options() + " cannot be asked: " + Mysql.reason(e),
              "Start it, and check host, port, user, password and database."));
    }
    return List.copyOf(findings);
  }

  private static void logAndTables(
      Connection connection, Set<String> tables, List<Finding> findings) throws SQLException {
    boolean installed = changeLog(connection, findings);
    TableCheckup.of(connection, installed, tables, findings);
  }

  private static boolean changeLog(Connection connection, List<Finding> findings)
      throws SQLException {
    String subject = "change log";
    try {
      boolean there = ChangeLogTable.isThere(connection);
      findings.add(
          there
              ? Finding.ok(subject, ChangeLogTable.NAME + " is there")
              : Finding.warning(
                  subject,
                  "there is no table " + ChangeLogTable.NAME + ", or this user cannot see it",
                  "`orderwire install` makes it, and so does `orderwire serve` (install.auto)."));
      return there;
    } catch (OrderwireException e) {
      findings.add(Finding.problem(subject, String.valueOf(e.getMessage()), ""));
      return false;
    }
  }
}
