package dev.orderwire.cli.settings;

import java.util.List;

/** Checks {@code mysql.replicas}. */
final class ReplicaSettings {
  private ReplicaSettings() {}

  static void check(Settings.Mysql mysql, Problems problems) {
    List<String> replicas = mysql.replicas();
    for (int i = 0; i < replicas.size(); i++) {
      if (!MysqlUrl.isValid(replicas.get(i))) {
        // Without the URL itself, which may contain a password.
        problems.add(
            "number %d of mysql.replicas must look like mysql://USER:PASSWORD@HOST:PORT/DATABASE, where all but HOST may be left out"
                .formatted(i + 1));
      }
    }
  }
}
