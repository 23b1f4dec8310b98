package dev.orderwire.changelog;

import dev.orderwire.change.OrderwireException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/**
 * Makes and removes what stands in the database: the change log, and three triggers on each watched
 * table. All of it may be run while the application writes, and again at any time.
 */
public final class Installer {
  private Installer() {}

  /**
   * Creates what is missing and replaces what is not as it should be. Once it has returned, every
   * change of these tables is logged, and while it ran, none was lost that had been logged before.
   *
   * <p>Each table that needs something is locked for a moment; where a transaction holds it for
   * longer than five seconds, that table is left as it is. While the lock is waited for, MySQL does
   * to the application what it does for every change of a table's definition: writes wait, and a
   * transaction that has used the table already and now writes to it may be told of a deadlock.
   *
   * @throws OrderwireException with all that stands in the way, before anything is done: {@code
   *     unknown_table}, {@code not_a_table}, {@code no_key}, {@code unsupported_type}, {@code
   *     no_transactions}, {@code cascade}, {@code missing_privilege}, {@code
   *     binlog_forbids_triggers}, {@code foreign_change_log}, {@code unsupported_server}, or {@code
   *     cannot_install} for several of these; {@code table_busy} where a table could not be locked;
   *     {@code mysql_unavailable}, {@code mysql_failed}
   */
  public static InstallReport install(Mysql mysql, List<String> tables, InstallOptions options) {
    return session(
        mysql,
        connection -> {
          Problems problems = new Problems();
          InstallPlan plan = InstallPlan.of(connection, tables, options, problems);
          plan.rights(connection, problems);
          problems.refuse();
          return install(connection, plan);
        });
  }

  private static InstallReport install(Connection connection, InstallPlan plan)
      throws SQLException {
    List<String> made = new ArrayList<>();
    List<String> current = new ArrayList<>();
    (plan.logMissing() ? made : current).add("change log " + ChangeLogTable.NAME);
    if (plan.logMissing()) {
      execute(connection, ChangeLogTable.createSql());
    }
    for (TriggerPlan planned : plan.tables()) {
      TriggerPlan done = planned.isDone() ? planned : underLock(connection, planned);
      done.missing().forEach(trigger -> made.add(line(trigger.name(), done)));
      done.current().forEach(trigger -> current.add(line(trigger.name(), done)));
    }
    return new InstallReport(made, current);
  }

  private static String line(String trigger, TriggerPlan plan) {
    return "trigger %s on %s".formatted(trigger, plan.table().name());
  }

  /** The table is looked at again: another install or an ALTER TABLE may have been faster. */
  private static TriggerPlan underLock(Connection connection, TriggerPlan planned)
      throws SQLException {
    execute(connection, planned.lockSql());
    TriggerPlan plan = TriggerPlan.of(connection, planned.table().name());
    for (String sql : plan.changesSql()) {
      execute(connection, sql);
    }
    // Where that fails, the connection is closed, which unlocks too.
    execute(connection, "UNLOCK TABLES");
    return plan;
  }

  /**
   * The SQL that {@link #install} would run now, for the mysql client; empty where there is nothing
   * to do. It changes nothing, and what this user may not do does not matter.
   *
   * @throws OrderwireException as {@link #install}, but for what the user may not do
   */
  public static String printInstall(Mysql mysql, List<String> tables, InstallOptions options) {
    return session(
        mysql,
        connection -> {
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
    return session(
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
    return session(
        mysql,
        connection -> {
          List<String> statements = Uninstall.of(connection).statements();
          return statements.isEmpty() ? "" : Script.of(connection.getCatalog(), statements);
        });
  }

  private interface Work<T> {
    T run(Connection connection) throws SQLException;
  }

  private static <T> T session(Mysql mysql, Work<T> work) {
    try (Connection connection = InstallSession.open(mysql)) {
      try {
        return work.run(connection);
      } catch (SQLException e) {
        throw InstallFailure.of(e);
      }
    } catch (SQLException e) {
      throw mysql.unavailable(e);
    }
  }

  private static void execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
