package dev.orderwire.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/** The processor time of a process, as Linux counts it in /proc/PID/stat (proc_pid_stat(5)). */
final class ProcessCpu {
  /** USER_HZ: fixed at 100 on every Linux that runs the embedded MySQL. */
  private static final long MILLIS_PER_TICK = 10;

  private ProcessCpu() {}

  static Duration of(long pid) throws IOException {
    String stat = Files.readString(Path.of("/proc", String.valueOf(pid), "stat"));
    // The command's name stands in parentheses and may hold anything; fields count from behind it.
    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
    long ticks = Long.parseLong(fields[11]) + Long.parseLong(fields[12]);
    return Duration.ofMillis(ticks * MILLIS_PER_TICK);
  }
}
