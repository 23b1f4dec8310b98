package dev.orderwire.bench.rig;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;

/** The temporary folder of a run, with MySQL's data and all logs. */
public final class RunFolder {
  /** What is run in a folder. */
  interface Run {
    void in(Path folder) throws Exception;
  }

  private RunFolder() {}

  /**
   * Runs in a new folder. It is deleted after a success, and kept after a failure for its logs.
   *
   * @throws FailedRunException if the run threw an exception
   */
  static void run(Run run) throws FailedRunException, IOException {
    Path folder = Files.createTempDirectory("orderwire-bench");
    try {
      run.in(folder);
    } catch (Exception e) {
      throw new FailedRunException(folder, e);
    }
    delete(folder);
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(each);
      }
    }
  }
}
