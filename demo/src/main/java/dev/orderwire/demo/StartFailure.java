package dev.orderwire.demo;

import java.io.IOException;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Explains a failed start of mysqld by its log, and names the way out. */
final class StartFailure {
  private static final Pattern MISSING_LIBRARY =
      Pattern.compile("error while loading shared libraries: (\\S+?):");

  private StartFailure() {}

  static boolean portWasTaken(Mysqld mysqld) throws IOException {
    return mysqld.logTail().contains("Address already in use");
  }

  static EmbeddedMysqlException ended(Mysqld mysqld) throws IOException {
    String log = mysqld.logTail();
    Matcher missing = MISSING_LIBRARY.matcher(log);
    if (missing.find()) {
      return new EmbeddedMysqlException(
          "MySQL needs the system library %s, which is not installed: run apt-get install libaio1 libnuma1"
              .formatted(missing.group(1)));
    }
    if (portWasTaken(mysqld)) {
      return new EmbeddedMysqlException(
          "MySQL's port is taken by another program: end that program, or choose another port (0 for any free port).");
    }
    return new EmbeddedMysqlException(
        "MySQL ended with exit code %d during its start. The end of its log:%n%s"
            .formatted(mysqld.exitCode(), log));
  }

  static EmbeddedMysqlException timeout(Mysqld mysqld, String task, Duration limit)
      throws IOException {
    return new EmbeddedMysqlException(
        "MySQL took longer than %d seconds %s. The end of its log:%n%s"
            .formatted(limit.toSeconds(), task, mysqld.logTail()));
  }
}
