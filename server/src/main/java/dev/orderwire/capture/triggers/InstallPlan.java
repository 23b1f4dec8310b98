package dev.orderwire.capture.triggers;

import dev.orderwire.capture.InstallOptions;
import dev.orderwire.capture.InstallState;
import dev.orderwire.capture.ResetsDue;
import dev.orderwire.change.ErrorCode;
import dev.orderwire.change.OrderwireException;
import dev.orderwire.changelog.CanaryTable;
import dev.orderwire.changelog.ChangeLogTable;
import dev.orderwire.changelog.LogIdentity;
import dev.orderwire.changelog.RevokedTable;
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
import java.util.Optional;
import java.util.function.Consumer;

/**
 * What an installation has to do.
 *
 * @param logMissing whether to create the change log
 * @param stateMissing whether to create the state table
 * @param canaryMissing whether to create the canary's table
 * @param revokedMissing whether to create the table of revoked tokens
 * @param epochMissing whether the change log needs an epoch
 * @param plans one for each table that exists
 */
public record InstallPlan(
    boolean logMissing,
    boolean stateMissing,
    boolean canaryMissing,
    boolean revokedMissing,
    boolean epochMissing,
    List<TriggerPlan> plans)
    implements InstallState {

  /**
   * Compares the database with what should be there.
   *
   * @param problems takes what prevents the installation
   * @throws OrderwireException {@code unsupported_server}; nothing else can be found out then
   */
  static InstallPlan of(
      Connection connection, List<String> names, InstallOptions options, Problems problems)
      throws SQLException {
    ServerInfo server = ServerInfo.of(connection);
    server.requireSupported();
    server.requireRowsInBinlog(problems);
    boolean[] logMissing = {false};
    problems.collect(() -> logMissing[0] = !ChangeLogTable.isThere(connection));
    boolean stateMissing = !StateTable.isThere(connection);
    boolean revokedMissing = names.contains(RevokedTable.NAME) && !RevokedTable.isThere(connection);
    List<TriggerPlan> plans = new ArrayList<>();
    for (String name : new LinkedHashSet<>(names)) {
      problems.collect(() -> {
        if (revokedMissing && name.equals(RevokedTable.NAME)) {
          plans.add(TriggerPlan.of(connection, RevokedTable.TABLE));
          return;
        }
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
    boolean epochMissing = stateMissing || !hasEpoch(connection);
    return new InstallPlan(
        logMissing[0], stateMissing, canaryMissing[0], revokedMissing, epochMissing, plans);
  }

  private static boolean hasEpoch(Connection connection) throws SQLException {
    Optional<LogIdentity> log = LogIdentity.current(connection);
    return log.isPresent() && log.get().epoch(connection).isPresent();
  }

  private static void cascades(Connection connection, String table, Problems problems)
      throws SQLException {
    for (TableChecks.Cascade cascade : TableChecks.cascades(connection, table)) {
      problems.add(
          ErrorCode.CASCADE,
          cascade
              + ": such changes would be missing. Change these rows in the application and make the foreign key RESTRICT, or accept the gap with install.despite-cascades (install --despite-cascades).");
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
    return !stateMissing && !epochMissing;
  }

  @Override
  public List<String> repair(
      Connection connection, Duration patience, ResetsDue due, Consumer<String> made)
      throws SQLException {
    return new InstallSteps(connection, this, patience, made).run(due);
  }

  @Override
  public boolean isComplete() {
    return !logMissing
        && !canaryMissing
        && !revokedMissing
        && !epochMissing
        && plans.stream().allMatch(TriggerPlan::isDone);
  }

  /** Reports the privileges that the installation needs and the user of the connection lacks. */
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
      String needed =
          name.equals(CanaryTable.NAME)
              ? CanaryTable.privileges(canaryMissing)
              : "SELECT, TRIGGER"
                  + (revokedMissing && name.equals(RevokedTable.NAME) ? ", CREATE" : "");
      rights.onTable(needed, name);
    }
    if (!open.isEmpty()) {
      DefinerRights.ofUser(
          connection, open.stream().map(plan -> plan.table().name()).toList(), problems);
      ServerInfo.of(connection).requireTriggersAllowed(rights.everywhere("SUPER"), problems);
    }
  }
}
