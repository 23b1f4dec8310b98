package dev.orderwire.capture.triggers;

import dev.orderwire.capture.InstallOptions;
import dev.orderwire.capture.InstallState;
import dev.orderwire.change.ErrorCode;
import dev.orderwire.change.OrderwireException;
import dev.orderwire.changelog.CanaryTable;
import dev.orderwire.changelog.ChangeLogTable;
import dev.orderwire.changelog.LogIdentity;
import dev.orderwire.changelog.StateTable;
import dev.orderwire.mysql.Problems;
import dev.orderwire.mysql.Rights;
import dev.orderwire.mysql.ServerInfo;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * What an install has to do, once it is known that it may.
 *
 * @param logMissing whether the change log is to be created
 * @param stateMissing whether the state table is to be created
 * @param canaryMissing whether the canary's table is to be created
 * @param lifeIsNew whether the change log, there or to be created, has no epoch yet
 */
public record InstallPlan(
    boolean logMissing,
    boolean stateMissing,
    boolean canaryMissing,
    boolean lifeIsNew,
    List<TriggerPlan> plans)
    implements InstallState {

  /**
   * Finds out; what stands in the way goes to {@code problems}.
   *
   * @throws OrderwireException {@code unsupported_server}, which leaves nothing else to find out
   */
  static InstallPlan of(
      Connection connection, List<String> names, InstallOptions options, Problems problems)
      throws SQLException {
    ServerInfo.of(connection).requireSupported();
    boolean[] logMissing = {false};
    problems.collect(() -> logMissing[0] = !ChangeLogTable.isThere(connection));
    boolean stateMissing = !StateTable.isThere(connection);
    List<TriggerPlan> plans = new ArrayList<>();
    for (String name : new LinkedHashSet<>(names)) {
      problems.collect(() -> {
        plans.add(TriggerPlan.of(connection, name));
        TableChecks.engine(connection, name, problems);
        if (!options.despiteCascades()) {
          cascades(connection, name, problems);
        }
      });
    }
    boolean[] canaryMissing = {false};
    if (options.canary()) {
      problems.collect(() -> {
        canaryMissing[0] = !CanaryTable.isThere(connection);
        plans.add(TriggerPlan.of(connection, CanaryTable.TABLE));
      });
    }
    boolean lifeIsNew = stateMissing || !hasEpoch(connection);
    return new InstallPlan(logMissing[0], stateMissing, canaryMissing[0], lifeIsNew, plans);
  }

  private static boolean hasEpoch(Connection connection) throws SQLException {
    Optional<LogIdentity> life = LogIdentity.current(connection);
    return life.isPresent() && life.get().epoch(connection).isPresent();
  }

  private static void cascades(Connection connection, String table, Problems problems)
      throws SQLException {
    for (TableChecks.Cascade cascade : TableChecks.cascades(connection, table)) {
      problems.add(
          ErrorCode.CASCADE,
          cascade
              + ": such changes would be missing. Let the application change these rows itself and make the foreign key RESTRICT, or go on in spite of it with install.despite-cascades (--despite-cascades of install).");
    }
  }

  @Override
  public List<String> tables() {
    return plans.stream().map(plan -> plan.table().name()).toList();
  }

  @Override
  public boolean isComplete(String table) {
    return plans.stream()
        .filter(plan -> plan.table().name().equals(table))
        .allMatch(TriggerPlan::isDone);
  }

  @Override
  public boolean hasLog() {
    return !stateMissing && !lifeIsNew;
  }

  @Override
  public List<String> repair(
      Connection connection, Duration patience, Map<String, Long> due, Consumer<String> made)
      throws SQLException {
    return new InstallSteps(connection, this, patience, made).run(due);
  }

  @Override
  public boolean isComplete() {
    return !logMissing
        && !canaryMissing
        && !lifeIsNew
        && plans.stream().allMatch(TriggerPlan::isDone);
  }

  /** Adds what the user of the connection may not do and would have to. */
  public void rights(Connection connection, Problems problems) throws SQLException {
    if (isComplete()) {
      return;
    }
    Rights rights = Rights.of(connection, problems);
    rights.onTable("SELECT, INSERT" + (logMissing ? ", CREATE" : ""), ChangeLogTable.NAME);
    rights.onTable(
        "SELECT, INSERT, UPDATE, DELETE" + (stateMissing ? ", CREATE" : ""), StateTable.NAME);
    List<TriggerPlan> open = plans.stream().filter(plan -> !plan.isDone()).toList();
    for (TriggerPlan plan : open) {
      String name = plan.table().name();
      boolean isCanary = name.equals(CanaryTable.NAME);
      rights.onTable(isCanary ? CanaryTable.privileges(canaryMissing) : "SELECT, TRIGGER", name);
    }
    if (!open.isEmpty()) {
      ServerInfo.of(connection).requireTriggersAllowed(rights.everywhere("SUPER"), problems);
    }
  }
}
