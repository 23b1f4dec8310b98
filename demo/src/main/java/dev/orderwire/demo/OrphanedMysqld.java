package dev.orderwire.demo;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Ends a mysqld whose owner was killed by SIGKILL and left it running on a data folder. It is found
 * by its command line in {@code /proc}, not by a pid file: mysqld writes that late in its start, a
 * stale one may name another process, and an initialisation has none.
 */
final class OrphanedMysqld {
  private static final Duration ENDS_WITHIN = Duration.ofSeconds(30);
  private static final Duration DIES_WITHIN = Duration.ofSeconds(10);
  private static final Duration POLL_INTERVAL = Duration.ofMillis(20);

  private OrphanedMysqld() {}

  /** Call this only with the folder locked: a mysqld that runs there now has no live owner. */
  static void end(DataFolder folder) throws InterruptedException {
    List<String> dataArguments =
        List.of("--datadir=" + folder.data(), "--datadir=" + folder.partialData());
    List<ProcessHandle> orphans =
        ProcessHandle.allProcesses().filter(process -> isMysqldOn(process, dataArguments)).toList();
    for (ProcessHandle process : orphans) {
      // A ProcessHandle also knows the start time, so it never signals a process that reuses the
      // pid.
      process.destroy();
      if (!isGoneWithin(process, dataArguments, ENDS_WITHIN)) {
        process.destroyForcibly();
        if (!isGoneWithin(process, dataArguments, DIES_WITHIN)) {
          throw new EmbeddedMysqlException(
              "An earlier run left a mysqld running on %2$s, and it does not end: end the process %1$d, or use another data folder."
                  .formatted(process.pid(), folder.path()));
        }
      }
    }
  }

  private static boolean isGoneWithin(
      ProcessHandle process, List<String> dataArguments, Duration time)
      throws InterruptedException {
    long end = System.nanoTime() + time.toNanos();
    // Not isAlive, which is true for a zombie: in a container, there may be no process to reap it.
    while (isMysqldOn(process, dataArguments)) {
      if (System.nanoTime() > end) {
        return false;
      }
      Thread.sleep(POLL_INTERVAL);
    }
    return true;
  }

  private static boolean isMysqldOn(ProcessHandle process, List<String> dataArguments) {
    List<String> command = commandLine(process.pid());
    return Optional.ofNullable(Path.of(command.getFirst()).getFileName())
            .filter(name -> name.toString().equals("mysqld"))
            .isPresent()
        && command.stream().anyMatch(dataArguments::contains);
  }

  private static List<String> commandLine(long pid) {
    try {
      String line = Files.readString(Path.of("/proc", Long.toString(pid), "cmdline"), UTF_8);
      return List.of(line.split("\0"));
    } catch (IOException e) {
      // The process has ended, or belongs to another user.
      return List.of("");
    }
  }
}
