package dev.orderwire.capture.triggers;

import dev.orderwire.change.ErrorCode;
import dev.orderwire.changelog.CanaryTable;
import dev.orderwire.mysql.Problems;
import dev.orderwire.mysql.Rights;
import dev.orderwire.mysql.ServerInfo;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;

/** What prevents a canary in a database. */
public final class CanaryObstacle {
  private CanaryObstacle() {}

  /**
   * Why this user can have no canary; empty if it can.
   *
   * @param mayInstall whether missing parts would be installed
   */
  public static Optional<String> find(Connection connection, boolean mayInstall)
      throws SQLException {
    Problems problems = new Problems();
    problems.collect(() -> {
      boolean missing = !CanaryTable.isThere(connection);
      Rights rights = Rights.of(connection, problems);
      rights.onTable(CanaryTable.privileges(missing && mayInstall), CanaryTable.NAME);
      if (missing || !TriggerPlan.of(connection, CanaryTable.TABLE).isDone()) {
        if (mayInstall) {
          ServerInfo.of(connection).requireTriggersAllowed(rights.everywhere("SUPER"), problems);
        } else {
          problems.add(
              ErrorCode.NOT_INSTALLED,
              "the table %s or one of its triggers is missing or out of date: run `orderwire install` (--print shows the SQL)."
                  .formatted(CanaryTable.NAME));
        }
      }
    });
    return problems.messages().isEmpty()
        ? Optional.empty()
        : Optional.of(String.join(" ", problems.messages()));
  }
}
