package dev.orderwire.capture.triggers;

import dev.orderwire.capture.InstallSession;
import dev.orderwire.changelog.CanaryTable;
import dev.orderwire.changelog.ChangeLogTable;
import dev.orderwire.changelog.LogIdentity;
import dev.orderwire.changelog.ResetRows;
import dev.orderwire.changelog.StateTable;
import dev.orderwire.mysql.NonBlockingDdl;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Does what a plan says. Whatever was done when a step fails stays right by itself, and the next
 * plan goes on from there.
 */
final class InstallSteps {
  private static final String LOG = "change log " + ChangeLogTable.NAME;

  private final Connection connection;
  private final InstallPlan plan;
  private final NonBlockingDdl ddl;
  private final ResetRows resetRows = new ResetRows(new TriggerIds());
  private final Consumer<String> made;
  private @Nullable SQLException inUse;

  /**
   * @param connection of an {@link InstallSession}
   * @param patience how long to try for each trigger, where transactions hold its table
   * @param made takes what was made, one thing a line
   */
  InstallSteps(Connection connection, InstallPlan plan, Duration patience, Consumer<String> made) {
    this.connection = connection;
    this.plan = plan;
    this.ddl = new NonBlockingDdl(connection, patience);
    this.made = made;
  }

  /**
   * Does all that can be done: a table that is in use holds up no other one.
   *
   * @param due for a table that is to be read anew whatever is found, the id that its newest reset
   *     row is to lie above
   * @return what was there already, as it should be, one thing a line
   * @throws SQLException as MySQL says, for the first table that could not be done
   */
  List<String> run(Map<String, Long> due) throws SQLException {
    List<String> current = new ArrayList<>();
    if (!plan.logMissing()) {
      current.add(LOG);
    }
    tables();
    // First, as they may have the names that the triggers are to get.
    StrayTriggers.drop(connection, ddl, Set.copyOf(plan.tables()));
    List<TriggerPlan> done = new ArrayList<>();
    for (TriggerPlan table : plan.plans()) {
      if (isDone(table)) {
        done.add(table);
        if (!plan.lifeIsNew()) {
          current.addAll(
              lines(table.current().stream().map(InstalledTrigger::name).toList(), table));
        }
      }
    }
    if (inUse == null) {
      epoch();
    }
    for (TriggerPlan table : done) {
      String name = table.table().name();
      resetRows.ensure(connection, table.table(), due.getOrDefault(name, 0L));
    }
    if (inUse != null) {
      throw inUse;
    }
    return current;
  }

  private boolean isDone(TriggerPlan table) throws SQLException {
    try {
      lines(triggers(table), table).forEach(made);
      return true;
    } catch (SQLException e) {
      if (!NonBlockingDdl.isInUse(e)) {
        throw e;
      }
      inUse = inUse == null ? e : inUse;
      return false;
    }
  }

  private static List<String> lines(List<String> triggers, TriggerPlan plan) {
    return triggers.stream()
        .map(name -> "trigger %s on %s".formatted(name, plan.table().name()))
        .toList();
  }

  private void tables() throws SQLException {
    if (plan.logMissing()) {
      execute(ChangeLogTable.createSql());
      made.accept(LOG);
    }
    if (plan.stateMissing()) {
      execute(StateTable.createSql());
    }
    if (plan.canaryMissing()) {
      execute(CanaryTable.createSql());
      made.accept("table " + CanaryTable.NAME);
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
    if (table.logsTooLittle()) {
      ResetRows.markUnlogged(connection, table.table().name());
    }
    return table.isDone() ? List.of() : TriggerRepair.run(connection, ddl, table);
  }

  /** Last, as from here on the log counts. */
  private void epoch() throws SQLException {
    var life = LogIdentity.current(connection);
    if (life.isPresent()) {
      life.get()
          .ensureEpoch(
              connection, plan.plans().stream().map(TriggerPlan::table).toList(), resetRows);
    }
  }

  private void execute(String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
