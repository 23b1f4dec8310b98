package dev.orderwire.changelog;

import dev.orderwire.change.ErrorCode;
import dev.orderwire.change.OrderwireException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What an install has to do, once it is known that it may.
 *
 * @param logMissing whether the change log is to be created
 * @param stateMissing whether the state table is to be created
 * @param canaryMissing whether the canary's table is to be created
 * @param lifeIsNew whether the change log, there or to be created, has no epoch yet
 */
record InstallPlan(
    boolean logMissing,
    boolean stateMissing,
    boolean canaryMissing,
    boolean lifeIsNew,
    List<TriggerPlan> tables) {

  /**
   * Finds out; what stands in the way goes to {@code problems}.
   *
   * @throws OrderwireException {@code unsupported_server}, which leaves nothing else to find out
   */
  static InstallPlan of(
      Connection connection, List<String> names, InstallOptions options, Problems problems)
      throws SQLException {
    Server.of(connection).requireSupported();
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
    Optional<LogLife> life = LogLife.now(connection);
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

  /** The tables that are there. */
  Set<String> names() {
    return tables.stream().map(plan -> plan.table().name()).collect(Collectors.toSet());
  }

  boolean isDone() {
    return !logMissing
        && !canaryMissing
        && !lifeIsNew
        && tables.stream().allMatch(TriggerPlan::isDone);
  }

  /** Adds what the user of the connection may not do and would have to. */
  void rights(Connection connection, Problems problems) throws SQLException {
    if (isDone()) {
      return;
    }
    Rights rights = Rights.of(connection, problems);
    rights.onLog("SELECT, INSERT" + (logMissing ? ", CREATE" : ""));
    rights.onTable(
        "SELECT, INSERT, UPDATE, DELETE" + (stateMissing ? ", CREATE" : ""), StateTable.NAME);
    List<TriggerPlan> open = tables.stream().filter(plan -> !plan.isDone()).toList();
    for (TriggerPlan plan : open) {
      String name = plan.table().name();
      boolean isCanary = name.equals(CanaryTable.NAME);
      rights.onTable(isCanary ? CanaryTable.needed(canaryMissing) : "SELECT, TRIGGER", name);
    }
    if (!open.isEmpty()) {
      Server.of(connection).requireTriggersAllowed(rights.everywhere("SUPER"), problems);
    }
  }
}
