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
   * Why this user can have no canary; empty where it can.
   *
   * @param mayInstall whether what is missing would be made
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
              "the table %s or a trigger of it is missing or out of date: `orderwire install` makes it (--print shows the SQL)."
                  .formatted(CanaryTable.NAME));
        }
      }
    });
    return problems.messages().isEmpty()
        ? Optional.empty()
        : Optional.of(String.join(" ", problems.messages()));
  }
}
