package dev.orderwire.bench.rig;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The failure of a run, with the folder of its logs, which is kept. */
public final class FailedRunException extends Exception {
  private static final long serialVersionUID = 1L;

  private final Exception reason;
  private final transient Path folder;

  public FailedRunException(Path folder, Exception reason) {
    super("run failed; its folder is " + folder, reason);
    this.folder = folder;
    this.reason = reason;
  }

  public Exception reason() {
    return reason;
  }

  /** Names the folder and the logs in it. MySQL's log lies beside its data, one folder deeper. */
  public String logLocation() {
    try (Stream<Path> files = Files.walk(folder, 2)) {
      return files
          .filter(file -> file.toString().endsWith(".log"))
          .map(file -> folder.relativize(file).toString())
          .sorted()
          .collect(Collectors.joining(", ", "its logs are kept in " + folder + ": ", ""));
    } catch (IOException | UncheckedIOException e) {
      return "its folder is " + folder;
    }
  }
}
