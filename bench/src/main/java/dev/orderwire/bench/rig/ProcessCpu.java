package dev.orderwire.bench.rig;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The CPU time of a process since {@link #start}, as Linux counts it in /proc/PID/stat
 * (proc_pid_stat(5)).
 */
public final class ProcessCpu {
  /** USER_HZ: fixed at 100 on every Linux that runs the embedded MySQL. */
  private static final double TICKS_PER_SECOND = 100;

  private final long pid;
  private final long before;

  private ProcessCpu(long pid, long before) {
    this.pid = pid;
    this.before = before;
  }

  /** Begins to count. */
  public static ProcessCpu start(long pid) throws IOException {
    return new ProcessCpu(pid, ticks(pid));
  }

  public double seconds() throws IOException {
    return (ticks(pid) - before) / TICKS_PER_SECOND;
  }

  public double micros() throws IOException {
    return seconds() * 1e6;
  }

  private static long ticks(long pid) throws IOException {
    String stat = Files.readString(Path.of("/proc", String.valueOf(pid), "stat"));
    // The command's name, in parentheses, may contain anything; the fields after it are safe.
    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
    return Long.parseLong(fields[11]) + Long.parseLong(fields[12]);
  }
}
