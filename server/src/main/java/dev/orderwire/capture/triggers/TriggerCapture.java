package dev.orderwire.capture.triggers;

import dev.orderwire.capture.Capture;
import dev.orderwire.capture.InstallOptions;
import dev.orderwire.capture.InstallReport;
import dev.orderwire.capture.InstallSession;
import dev.orderwire.capture.InstallState;
import dev.orderwire.capture.ResetsDue;
import dev.orderwire.change.ErrorCode;
import dev.orderwire.mysql.AdvisoryLock;
import dev.orderwire.mysql.Mysql;
import dev.orderwire.mysql.NonBlockingDdl;
import dev.orderwire.mysql.Problems;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Captures changes by three triggers on each watched table.
 *
 * <p>Triggers are created and dropped one by one. Each time MySQL waits for the transactions that
 * have used the table, and makes every later one wait too; so {@link NonBlockingDdl} gives up a
 * wait after a quarter of a second and tries again a little later. As with every change of a
 * table's definition, a transaction that has read the table and then writes to it may end in a
 * deadlock. If something else changes the same definitions meanwhile, the installation starts over.
 */
public final class TriggerCapture implements Capture {
  @Override
  public InstallReport install(
      InstallSession session, List<String> tables, InstallOptions options) {
    return session.run(connection -> {
      Set<String> made = new LinkedHashSet<>();
      List<String> current =
          AdvisoryLock.runWithRetries(
              connection,
              InstallSession.PATIENCE,
              () -> install(connection, tables, options, made::add));
      return new InstallReport(
          List.copyOf(made), current.stream().filter(line -> !made.contains(line)).toList());
    });
  }

  @Override
  public InstallState check(
      Connection connection, List<String> tables, InstallOptions options, Problems problems)
      throws SQLException {
    InstallPlan plan = InstallPlan.of(connection, tables, options, problems);
    definers(connection, plan, problems);
    return plan;
  }

  /** Reports what the existing triggers lack. */
  private static void definers(Connection connection, InstallPlan plan, Problems problems)
      throws SQLException {
    for (String table : plan.tables()) {
      for (DefinerRights.Lack lack : DefinerRights.lacking(connection, table)) {
        problems.add(ErrorCode.MISSING_PRIVILEGE, lack.toString());
      }
    }
  }

  private static List<String> install(
      Connection connection, List<String> tables, InstallOptions options, Consumer<String> made)
      throws SQLException {
    Problems problems = new Problems();
    InstallPlan plan = InstallPlan.of(connection, tables, options, problems);
    plan.rights(connection, problems);
    definers(connection, plan, problems);
    problems.throwIfAny();
    return new InstallSteps(connection, plan, InstallSession.PATIENCE, made).run(ResetsDue.UNKNOWN);
  }

  @Override
  public Optional<String> canaryObstacle(InstallSession session, boolean mayInstall) {
    return session.run(connection -> CanaryObstacle.find(connection, mayInstall));
  }

  @Override
  public String installScript(InstallSession session, List<String> tables, InstallOptions options) {
    return session.run(connection -> {
      Problems problems = new Problems();
      InstallPlan plan = InstallPlan.of(connection, tables, options, problems);
      problems.throwIfAny();
      return plan.isComplete() ? "" : InstallScript.install(connection.getCatalog(), plan);
    });
  }

  @Override
  public List<String> uninstall(Mysql mysql) {
    return inSession(
        mysql,
        connection -> {
          UninstallPlan plan = UninstallPlan.of(connection);
          plan.requireRights(connection);
          for (String sql : plan.statements()) {
            execute(connection, sql);
          }
          return plan.removed();
        });
  }

  @Override
  public String uninstallScript(Mysql mysql) {
    return inSession(
        mysql,
        connection -> {
          List<String> statements = UninstallPlan.of(connection).statements();
          return statements.isEmpty() ? "" : InstallScript.of(connection.getCatalog(), statements);
        });
  }

  private static <T> T inSession(Mysql mysql, InstallSession.Work<T> work) {
    try (InstallSession session = InstallSession.open(mysql)) {
      return session.run(work);
    }
  }

  private static void execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
