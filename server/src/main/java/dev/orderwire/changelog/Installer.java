package dev.orderwire.changelog;

import dev.orderwire.change.OrderwireException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Makes and removes what stands in the database: the change log, and three triggers on each watched
 * table. All of it may be run while the application writes, and again at any time.
 */
public final class Installer {
  /** How long to try where transactions hold a table. */
  static final Duration PATIENCE = Duration.ofSeconds(5);

  private Installer() {}

  /**
   * Creates what is missing and replaces what is not as it should be. Once it has returned, every
   * change of these tables is logged, and while it ran, none was lost that had been logged before.
   *
   * <p>Triggers are made and dropped one by one. Each time MySQL waits for the transactions that
   * have used the table, and whoever comes after waits too; so a wait is given up after a quarter
   * of a second and tried again a little later, for five seconds in all. As with every change of a
   * table's definition, a transaction that has read the table already and now writes to it may be
   * told of a deadlock. Where somebody else changes the same definitions meanwhile, it begins
   * again.
   *
   * @throws OrderwireException with all that stands in the way, before anything is done: {@code
   *     unknown_table}, {@code not_a_table}, {@code no_key}, {@code unsupported_type}, {@code
   *     no_transactions}, {@code cascade}, {@code missing_privilege}, {@code
   *     binlog_forbids_triggers}, {@code foreign_change_log}, {@code unsupported_server}, or {@code
   *     cannot_install} for several of these; {@code table_busy} where a table could not be locked;
   *     {@code mysql_failed}
   */
  public static InstallReport install(
      InstallSession session, List<String> tables, InstallOptions options) {
    return session.run(connection -> {
      Set<String> made = new LinkedHashSet<>();
      List<String> current =
          Turn.takeUntilDone(
              connection, PATIENCE, () -> install(connection, tables, options, made::add));
      return new InstallReport(
          List.copyOf(made), current.stream().filter(line -> !made.contains(line)).toList());
    });
  }

  /**
   * The same in a session of its own.
   *
   * @throws OrderwireException as well {@code mysql_unavailable}
   * @see #install(InstallSession, List, InstallOptions)
   */
  public static InstallReport install(Mysql mysql, List<String> tables, InstallOptions options) {
    try (InstallSession session = InstallSession.open(mysql)) {
      return install(session, tables, options);
    }
  }

  private static List<String> install(
      Connection connection, List<String> tables, InstallOptions options, Consumer<String> made)
      throws SQLException {
    Problems problems = new Problems();
    InstallPlan plan = InstallPlan.of(connection, tables, options, problems);
    plan.rights(connection, problems);
    problems.refuse();
    return new InstallSteps(connection, plan, PATIENCE, made).run(Map.of());
  }

  /**
   * Why there can be no canary in this database, in words; empty where there can.
   *
   * @param mayInstall whether what is missing would be made by this user
   * @throws OrderwireException {@code mysql_failed}
   */
  public static Optional<String> obstacleToCanary(InstallSession session, boolean mayInstall) {
    return session.run(connection -> CanaryTable.obstacle(connection, mayInstall));
  }

  /**
   * The SQL that {@link #install} would run now, for the mysql client; empty where there is nothing
   * to do. It changes nothing, and what this user may not do does not matter.
   *
   * @throws OrderwireException as {@link #install}, but for what the user may not do
   */
  public static String printInstall(
      InstallSession session, List<String> tables, InstallOptions options) {
    return session.run(connection -> {
      Problems problems = new Problems();
      InstallPlan plan = InstallPlan.of(connection, tables, options, problems);
      problems.refuse();
      return plan.isDone() ? "" : Script.install(connection.getCatalog(), plan);
    });
  }

  /**
   * Removes every trigger of ours in the database, of whatever table, and then the change log with
   * all that it holds.
   *
   * @return what it removed, one thing a line
   * @throws OrderwireException {@code missing_privilege}; {@code foreign_change_log}
   */
  public static List<String> uninstall(Mysql mysql) {
    return once(
        mysql,
        connection -> {
          Uninstall uninstall = Uninstall.of(connection);
          uninstall.requireRights(connection);
          for (String sql : uninstall.statements()) {
            execute(connection, sql);
          }
          return uninstall.removed();
        });
  }

  /** The SQL that {@link #uninstall} would run now; empty where there is nothing to do. */
  public static String printUninstall(Mysql mysql) {
    return once(
        mysql,
        connection -> {
          List<String> statements = Uninstall.of(connection).statements();
          return statements.isEmpty() ? "" : Script.of(connection.getCatalog(), statements);
        });
  }

  private static <T> T once(Mysql mysql, InstallSession.Work<T> work) {
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
