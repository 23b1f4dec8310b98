package dev.orderwire.doctor;

import dev.orderwire.capture.InstallSession;
import dev.orderwire.change.OrderwireException;
import dev.orderwire.changelog.ChangeLogTable;
import dev.orderwire.mysql.Mysql;
import dev.orderwire.mysql.MysqlOptions;
import dev.orderwire.mysql.SessionCheck;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Checks a MySQL: what prevents Orderwire from following its tables, and what to do about it. */
public final class Doctor {
  private Doctor() {}

  /**
   * Checks everything and changes nothing. It does not throw: a MySQL that cannot be reached is a
   * finding too.
   *
   * @param tables the tables to watch
   * @param canary whether a canary is configured
   * @param doorbell whether a doorbell is configured
   * @return the findings, in the order to read them in
   */
  public static List<Finding> examine(
      Mysql mysql, List<String> tables, boolean canary, boolean doorbell) {
    return examine(mysql, tables, canary, doorbell, InstantSource.system());
  }

  /** Checks the replicas of a MySQL that was {@link #examine}d. Changes nothing; does not throw. */
  public static List<Finding> examineReplicas(List<MysqlOptions> replicas, Mysql source) {
    return replicas.stream().map(each -> ReplicaCheckup.run(each, source)).toList();
  }

  static List<Finding> examine(
      Mysql mysql, List<String> tables, boolean canary, boolean doorbell, InstantSource clock) {
    List<Finding> findings = new ArrayList<>();
    try (Connection connection = InstallSession.connect(mysql)) {
      if (ServerCheckup.run(connection, clock, findings)) {
        findings.add(EncryptionCheckup.run(connection, mysql.options()));
        findings.add(session(connection, mysql.options()));
        logAndTables(connection, new LinkedHashSet<>(tables), findings);
        if (canary) {
          CanaryCheckup.run(connection, findings);
        }
        findings.add(DoorbellCheckup.run(connection, mysql.options(), doorbell));
        findings.add(
            Finding.ok(
                "limits of triggers",
                "they do not log rows that a replica applies, or that a foreign key changes (such as ON DELETE CASCADE)"));
      }
    } catch (SQLException e) {
      findings.add(
          Finding.problem(
              "MySQL",
              "cannot connect to " + mysql.options() + ": " + Mysql.reason(e),
              "Start MySQL, and check the settings for host, port, user, password and database."));
    }
    return List.copyOf(findings);
  }

  private static Finding session(Connection connection, MysqlOptions options) throws SQLException {
    String subject = "session";
    try {
      SessionCheck.require(connection, options);
      return Finding.ok(subject, "each connection is one session of one MySQL server");
    } catch (OrderwireException e) {
      return Finding.problem(subject, String.valueOf(e.getMessage()), "");
    }
  }

  private static void logAndTables(
      Connection connection, Set<String> tables, List<Finding> findings) throws SQLException {
    boolean installed = changeLog(connection, findings);
    TableCheckup.run(connection, installed, tables, findings);
  }

  private static boolean changeLog(Connection connection, List<Finding> findings)
      throws SQLException {
    String subject = "change log";
    try {
      boolean exists = ChangeLogTable.isThere(connection);
      findings.add(
          exists
              ? Finding.ok(subject, "the table " + ChangeLogTable.NAME + " exists")
              : Finding.warning(
                  subject,
                  "there is no table " + ChangeLogTable.NAME + ", or the user cannot see it",
                  "Run `orderwire install`, or `orderwire serve`, which installs it unless install.auto is false."));
      return exists;
    } catch (OrderwireException e) {
      findings.add(Finding.problem(subject, String.valueOf(e.getMessage()), ""));
      return false;
    }
  }
}
