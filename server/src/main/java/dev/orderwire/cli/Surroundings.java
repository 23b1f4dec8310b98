package dev.orderwire.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * What the process was started in.
 *
 * @param current the folder where the user is
 * @param project the folder where the launcher stands
 * @param environment the variables
 */
record Surroundings(Path current, Path project, Map<String, String> environment) {
  Surroundings {
    environment = Map.copyOf(environment);
  }

  /** The project's folder comes from the launcher, as the system property orderwire.home. */
  static Surroundings ofProcess() {
    Path current = Path.of("").toAbsolutePath();
    String project = System.getProperty("orderwire.home", current.toString());
    return new Surroundings(current, Path.of(project), System.getenv());
  }

  /** Where orderwire.yaml and .env are looked for. */
  List<Path> settings() {
    return List.of(current, project);
  }

  /** What the commands leave behind and find again; git ignores it. */
  Path state() {
    return project.resolve(".orderwire");
  }
}
