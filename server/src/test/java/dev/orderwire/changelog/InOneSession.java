package dev.orderwire.changelog;

import java.util.List;
import java.util.Optional;

/** What takes an {@link InstallSession}, in one for it alone. */
final class InOneSession {
  private InOneSession() {}

  static String printInstall(Mysql mysql, List<String> tables, InstallOptions options) {
    try (InstallSession session = InstallSession.open(mysql)) {
      return Installer.printInstall(session, tables, options);
    }
  }

  static Optional<String> obstacleToCanary(Mysql mysql, boolean mayInstall) {
    try (InstallSession session = InstallSession.open(mysql)) {
      return Installer.obstacleToCanary(session, mayInstall);
    }
  }
}
