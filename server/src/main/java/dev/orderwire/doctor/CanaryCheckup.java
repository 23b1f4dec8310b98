package dev.orderwire.doctor;

import dev.orderwire.capture.triggers.CanaryObstacle;
import dev.orderwire.capture.triggers.TriggerPlan;
import dev.orderwire.changelog.CanaryTable;
import dev.orderwire.changelog.ChangeLogTable;
import dev.orderwire.mysql.Account;
import dev.orderwire.upkeep.CanaryRows;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/** Checks the canary. The server works without it, so no finding is a problem. */
final class CanaryCheckup {
  private static final String SUBJECT = "canary";

  private CanaryCheckup() {}

  static void run(Connection connection, List<Finding> findings) throws SQLException {
    Optional<String> obstacle = CanaryObstacle.find(connection, true);
    if (obstacle.isPresent()) {
      findings.add(
          Finding.warning(
              SUBJECT,
              "the server would run without one, and not notice if changes stop without an error: "
                  + obstacle.get(),
              "Remove this obstacle, or set canary.seconds to 0."));
    } else if (!CanaryTable.isThere(connection)
        || !TriggerPlan.of(connection, CanaryTable.TABLE).isDone()) {
      findings.add(
          Finding.warning(
              SUBJECT,
              "the table %s or one of its triggers is missing".formatted(CanaryTable.NAME),
              "Run `orderwire install`, or `orderwire serve`, which installs it unless install.auto is false."));
    } else if (!CanaryRows.mayDeleteBeats(connection)) {
      findings.add(
          Finding.warning(
              SUBJECT,
              "its rows stay in the change log, so it beats at most once a minute: to delete them, the user needs DELETE on the change log, and the privilege to see open transactions (see gaps)",
              Account.of(connection).grant("DELETE", ChangeLogTable.NAME) + ";"));
    } else {
      findings.add(Finding.ok(SUBJECT, "its table and triggers are in order"));
    }
  }
}
