package dev.orderwire.changelog;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Does what a plan says. Whatever was done when a step fails stays right by itself, and the next
 * plan goes on from there.
 */
final class InstallSteps {
  private final Connection connection;
  private final InstallPlan plan;
  private final BriefDdl ddl;

  /**
   * @param connection of an {@link InstallSession}
   * @param patience how long to try for each trigger, where transactions hold its table
   */
  InstallSteps(Connection connection, InstallPlan plan, Duration patience) {
    this.connection = connection;
    this.plan = plan;
    this.ddl = new BriefDdl(connection, patience);
  }

  /**
   * @param due for a table that is to be read anew whatever is found, the id that its newest reset
   *     row is to lie above
   */
  InstallReport run(Map<String, Long> due) throws SQLException {
    List<String> made = new ArrayList<>();
    List<String> current = new ArrayList<>();
    (plan.logMissing() ? made : current).add("change log " + ChangeLogTable.NAME);
    tables();
    if (plan.canaryMissing()) {
      made.add("table " + CanaryTable.NAME);
    }
    // First, as they may have the names that the triggers are to get.
    Strays.drop(connection, ddl, plan.names());
    for (TriggerPlan table : plan.tables()) {
      made.addAll(lines(triggers(table), table));
      if (!plan.lifeIsNew()) {
        current.addAll(lines(table.current().stream().map(InstalledTrigger::name).toList(), table));
      }
    }
    epoch();
    for (Table table : plan.tables().stream().map(TriggerPlan::table).toList()) {
      ResetRows.ensure(connection, table, due.getOrDefault(table.name(), 0L));
    }
    return new InstallReport(made, current);
  }

  private static List<String> lines(List<String> triggers, TriggerPlan plan) {
    return triggers.stream()
        .map(name -> "trigger %s on %s".formatted(name, plan.table().name()))
        .toList();
  }

  private void tables() throws SQLException {
    if (plan.logMissing()) {
      execute(ChangeLogTable.createSql());
    }
    if (plan.stateMissing()) {
      execute(StateTable.createSql());
    }
    if (plan.canaryMissing()) {
      execute(CanaryTable.createSql());
    }
  }

  /**
   * While there was no log, triggers left no trace, and their transactions may still be open: where
   * its life is new they are waited for, or their changes would be in no log and in no snapshot.
   */
  private List<String> triggers(TriggerPlan table) throws SQLException {
    if (plan.lifeIsNew()) {
      return TriggerRepair.renew(connection, ddl, table);
    }
    return table.isDone() ? List.of() : TriggerRepair.run(connection, ddl, table);
  }

  /** Last, as from here on the log counts. */
  private void epoch() throws SQLException {
    var life = LogLife.now(connection);
    if (life.isPresent()) {
      life.get().ensureEpoch(connection, plan.tables().stream().map(TriggerPlan::table).toList());
    }
  }

  private void execute(String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
