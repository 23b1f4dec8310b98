package dev.orderwire.testing;

import dev.orderwire.capture.InstallOptions;
import dev.orderwire.capture.InstallSession;
import dev.orderwire.capture.triggers.TriggerCapture;
import dev.orderwire.mysql.Mysql;
import java.util.List;
import java.util.Optional;

/** Calls that need an {@link InstallSession}, each in a session of its own. */
public final class InOneSession {
  private InOneSession() {}

  public static String printInstall(Mysql mysql, List<String> tables, InstallOptions options) {
    try (InstallSession session = InstallSession.open(mysql)) {
      return new TriggerCapture().installScript(session, tables, options);
    }
  }

  public static Optional<String> obstacleToCanary(Mysql mysql, boolean mayInstall) {
    try (InstallSession session = InstallSession.open(mysql)) {
      return new TriggerCapture().canaryObstacle(session, mayInstall);
    }
  }
}
