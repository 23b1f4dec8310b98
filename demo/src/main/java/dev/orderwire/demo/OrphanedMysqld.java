package dev.orderwire.demo;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Ends the mysqld that an owner killed by SIGKILL left running on a data folder. It is known by its
 * command line in {@code /proc}, not by a pid file: mysqld writes that late in its start, a stale
 * one names a stranger, and an initialisation has none.
 */
final class Leftover {
  private static final Duration CLEAN_END = Duration.ofSeconds(30);
  private static final Duration HARD_END = Duration.ofSeconds(10);
  private static final Duration LOOK_AGAIN_AFTER = Duration.ofMillis(20);

  private Leftover() {}

  /** Call it only while holding the folder's lock: whoever runs there now has no living owner. */
  static void end(DataFolder folder) throws InterruptedException {
    List<String> ours = List.of("--datadir=" + folder.data(), "--datadir=" + folder.partialData());
    List<ProcessHandle> left =
        ProcessHandle.allProcesses().filter(process -> isMysqldOn(process, ours)).toList();
    for (ProcessHandle process : left) {
      // A ProcessHandle knows the process's start time too: it never signals one that got the pid
      // since.
      process.destroy();
      if (!isGoneWithin(process, ours, CLEAN_END)) {
        process.destroyForcibly();
        if (!isGoneWithin(process, ours, HARD_END)) {
          throw new EmbeddedMysqlException(
              "An earlier run left the mysqld with process id %d on %s, and it does not end: end it, or use another data folder."
                  .formatted(process.pid(), folder.path()));
        }
      }
    }
  }

  private static boolean isGoneWithin(ProcessHandle process, List<String> ours, Duration time)
      throws InterruptedException {
    long end = System.nanoTime() + time.toNanos();
    // Not isAlive: that is true of a zombie, which nobody may ever reap in a container.
    while (isMysqldOn(process, ours)) {
      if (System.nanoTime() > end) {
        return false;
      }
      Thread.sleep(LOOK_AGAIN_AFTER);
    }
    return true;
  }

  private static boolean isMysqldOn(ProcessHandle process, List<String> ours) {
    List<String> command = commandLine(process.pid());
    return Optional.ofNullable(Path.of(command.getFirst()).getFileName())
            .filter(name -> name.toString().equals("mysqld"))
            .isPresent()
        && command.stream().anyMatch(ours::contains);
  }

  private static List<String> commandLine(long pid) {
    try {
      String line = Files.readString(Path.of("/proc", Long.toString(pid), "cmdline"), UTF_8);
      return List.of(line.split("\0"));
    } catch (IOException goneOrNotOurs) {
      return List.of("");
    }
  }
}
