package dev.orderwire.upkeep;

import dev.orderwire.capture.Capture;
import dev.orderwire.capture.InstallOptions;
import dev.orderwire.capture.InstallSession;
import dev.orderwire.capture.InstallState;
import dev.orderwire.change.OrderwireException;
import dev.orderwire.feed.CaptureCheck;
import dev.orderwire.mysql.Mysql;
import dev.orderwire.mysql.Problems;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Compares what is installed for one table with what should be, in a session of its own. */
public final class InstalledCapture implements CaptureCheck {
  private static final Logger log = LoggerFactory.getLogger(InstalledCapture.class);

  /** For the installation as a whole, `doctor` and the reconciler speak. */
  private static final InstallOptions OF_ONE_TABLE = new InstallOptions(true, false);

  private final Mysql mysql;
  private final Capture capture;

  public InstalledCapture(Mysql mysql, Capture capture) {
    this.mysql = mysql;
    this.capture = capture;
  }

  @Override
  public State of(String table) {
    try (Connection connection = InstallSession.connect(mysql)) {
      Problems problems = new Problems();
      InstallState state = capture.check(connection, List.of(table), OF_ONE_TABLE, problems);
      return state.isComplete() && problems.messages().isEmpty() ? State.SOUND : State.BROKEN;
    } catch (SQLException | OrderwireException e) {
      log.debug("Failed to check what captures the changes of {}", table, e);
      return State.UNKNOWN;
    }
  }
}
