package dev.orderwire.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Why a run failed, and the folder with its logs, which stays for whoever wants to know more. */
final class FailedRun extends Exception {
  private static final long serialVersionUID = 1L;

  private final Exception reason;
  private final transient Path folder;

  FailedRun(Path folder, Exception reason) {
    super("a run failed; its folder is " + folder, reason);
    this.folder = folder;
    this.reason = reason;
  }

  Exception reason() {
    return reason;
  }

  /** The folder, and each log in it: that of MySQL lies beside its data. */
  String whereLogsAre() {
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
