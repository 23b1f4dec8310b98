package dev.orderwire.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * The folders and the environment variables of the process.
 *
 * @param current the current folder
 * @param project the folder of the launcher
 */
record Environment(Path current, Path project, Map<String, String> variables) {
  Environment {
    variables = Map.copyOf(variables);
  }

  /** The launcher passes its folder as the system property orderwire.home. */
  static Environment ofProcess() {
    Path current = Path.of("").toAbsolutePath();
    String project = System.getProperty("orderwire.home", current.toString());
    return new Environment(current, Path.of(project), System.getenv());
  }

  /** The folders to look for orderwire.yaml and .env in; the first file found counts. */
  List<Path> settingsFolders() {
    return List.of(current, project);
  }

  /** The folder for files that commands share and keep between runs; git ignores it. */
  Path stateFolder() {
    return project.resolve(".orderwire");
  }
}
