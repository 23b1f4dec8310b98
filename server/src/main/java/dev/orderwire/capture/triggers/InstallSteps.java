package dev.orderwire.capture.triggers;

import dev.orderwire.capture.InstallSession;
import dev.orderwire.capture.ResetsDue;
import dev.orderwire.change.OrderwireException;
import dev.orderwire.changelog.CanaryTable;
import dev.orderwire.changelog.ChangeLogTable;
import dev.orderwire.changelog.LogIdentity;
import dev.orderwire.changelog.ResetRows;
import dev.orderwire.changelog.RevokedTable;
import dev.orderwire.changelog.StateTable;
import dev.orderwire.mysql.NonBlockingDdl;
import dev.orderwire.mysql.Problems;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Carries out a plan. If a step fails, the finished ones remain valid, and the next plan continues
 * from there.
 */
final class InstallSteps {
  private static final String LOG = "change log " + ChangeLogTable.NAME;

  private final Connection connection;
  private final InstallPlan plan;
  private final NonBlockingDdl ddl;
  private final ResetRows resetRows = new ResetRows(new TriggerParts());
  private final Consumer<String> made;
  private @Nullable SQLException firstInUse;

  /**
   * @param connection of an {@link InstallSession}
   * @param patience how long to try for each trigger of a table that transactions keep in use
   * @param made takes what was created, one item a line
   */
  InstallSteps(Connection connection, InstallPlan plan, Duration patience, Consumer<String> made) {
    this.connection = connection;
    this.plan = plan;
    this.ddl = new NonBlockingDdl(connection, patience);
    this.made = made;
  }

  /**
   * Carries out the plan. A table that stays in use does not hold up the others.
   *
   * @return what was in place already, one item a line
   * @throws SQLException for the first table that failed
   * @throws OrderwireException {@code table_altered} if a table cannot be reset yet
   */
  List<String> run(ResetsDue due) throws SQLException {
    List<String> current = new ArrayList<>();
    if (!plan.logMissing()) {
      current.add(LOG);
    }
    createTables();
    // First, because they may have the names that the new triggers need.
    StrayTriggers.drop(connection, ddl, Set.copyOf(plan.tables()));
    List<TriggerPlan> done = new ArrayList<>();
    for (TriggerPlan table : canaryFirst()) {
      if (!isCanary(table) && createsTriggers(table) && done.stream().anyMatch(this::isCanary)) {
        TriggerProof.run(connection);
      }
      if (repaired(table)) {
        done.add(table);
        if (!plan.epochMissing()) {
          current.addAll(
              lines(table.current().stream().map(InstalledTrigger::name).toList(), table));
        }
      }
    }
    if (firstInUse == null) {
      ensureEpoch();
    }
    Problems notReset = new Problems();
    for (TriggerPlan table : done) {
      notReset.collect(() -> {
        long after = due.markers().getOrDefault(table.table().name(), 0L);
        resetRows.ensure(connection, table.table(), after, due.oneAlter());
      });
    }
    if (firstInUse != null) {
      throw firstInUse;
    }
    notReset.throwIfAny();
    return current;
  }

  /** The application does not write to the canary's table, so its triggers can be tried. */
  private List<TriggerPlan> canaryFirst() {
    return plan.plans().stream().sorted(Comparator.comparing(table -> !isCanary(table))).toList();
  }

  private boolean isCanary(TriggerPlan table) {
    return table.table().name().equals(CanaryTable.NAME);
  }

  private boolean createsTriggers(TriggerPlan table) {
    return plan.epochMissing() || !table.missing().isEmpty();
  }

  /** False if the table stayed in use. */
  private boolean repaired(TriggerPlan table) throws SQLException {
    try {
      lines(repair(table), table).forEach(made);
      return true;
    } catch (SQLException e) {
      if (!NonBlockingDdl.isInUse(e)) {
        throw e;
      }
      firstInUse = firstInUse == null ? e : firstInUse;
      return false;
    }
  }

  private static List<String> lines(List<String> triggers, TriggerPlan plan) {
    return triggers.stream()
        .map(name -> "trigger %s on %s".formatted(name, plan.table().name()))
        .toList();
  }

  private void createTables() throws SQLException {
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
    if (plan.revokedMissing()) {
      execute(RevokedTable.createSql());
      made.accept("table " + RevokedTable.NAME);
    }
  }

  /**
   * Without a change log, triggers left no trace, and transactions that ran them may still be open.
   * So for a new epoch all triggers are replaced, which waits for these transactions: otherwise
   * their changes would be in no log and in no snapshot.
   */
  private List<String> repair(TriggerPlan table) throws SQLException {
    if (plan.epochMissing()) {
      return TriggerRepair.renew(connection, ddl, table);
    }
    boolean missesChanges = table.missesChanges();
    if (missesChanges) {
      ResetRows.markUnlogged(connection, table.table().name());
    }
    return table.isDone() ? List.of() : TriggerRepair.run(connection, ddl, table, missesChanges);
  }

  /** Comes last: from here on the change log is valid. */
  private void ensureEpoch() throws SQLException {
    var log = LogIdentity.current(connection);
    if (log.isPresent()) {
      log.get()
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
