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

/** What concerns the canary. The server serves without it, so nothing here is a problem. */
final class CanaryCheckup {
  private static final String SUBJECT = "canary";

  private CanaryCheckup() {}

  static void of(Connection connection, List<Finding> findings) throws SQLException {
    Optional<String> obstacle = CanaryObstacle.find(connection, true);
    if (obstacle.isPresent()) {
      findings.add(
          Finding.warning(
              SUBJECT,
              "the server would run without one, and not notice a silent stall: " + obstacle.get(),
              "Do as it says, or set canary.seconds to 0."));
    } else if (!CanaryTable.isThere(connection)
        || !TriggerPlan.of(connection, CanaryTable.TABLE).isDone()) {
      findings.add(
          Finding.warning(
              SUBJECT,
              "the table %s or a trigger of it is not there".formatted(CanaryTable.NAME),
              "`orderwire install` makes it, and so does `orderwire serve` (install.auto)."));
    } else if (!CanaryRows.mayDeleteBeats(connection)) {
      findings.add(
          Finding.warning(
              SUBJECT,
              "its rows stay in the change log, so that it beats once a minute at the most: the server deletes them where it may DELETE there, and MySQL shows it who writes (gaps, above)",
              Account.of(connection).grant("DELETE", ChangeLogTable.NAME) + ";"));
    } else {
      findings.add(Finding.ok(SUBJECT, "its table and triggers are as they should be"));
    }
  }
}
