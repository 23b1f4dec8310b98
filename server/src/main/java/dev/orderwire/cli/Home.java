package dev.orderwire.cli;

import java.nio.file.Path;
import java.util.List;

/**
 * The folders that the commands look into.
 *
 * @param current where the user is
 * @param project where the launcher stands
 */
record Home(Path current, Path project) {
  /** The project's folder comes from the launcher, as the system property orderwire.home. */
  static Home ofProcess() {
    Path current = Path.of("").toAbsolutePath();
    return new Home(current, Path.of(System.getProperty("orderwire.home", current.toString())));
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
