package dev.orderwire.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/**
 * The resident memory of a process, as Linux counts it in /proc/PID/status (proc_pid_status(5)).
 */
final class ProcessMemory {
  private ProcessMemory() {}

  /** In bytes. */
  static long resident(long pid) throws IOException {
    return Files.readAllLines(Path.of("/proc", String.valueOf(pid), "status")).stream()
        .filter(line -> line.startsWith("VmRSS:"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024)
        .findFirst()
        .orElseThrow(() -> new IOException("process " + pid + " has no resident memory"));
  }

  static Watch watch(long pid) throws IOException {
    Watch watch = new Watch(pid);
    watch.thread.start();
    return watch;
  }

  /**
   * The least in some time of quiet, in bytes: for a second now and then, what a JIT compiler works
   * with is there too.
   */
  static long quiet(long pid, Duration time) throws IOException, InterruptedException {
    Watch watch = watch(pid);
    Thread.sleep(time);
    return watch.stop().least();
  }

  /** The least and the most of what was seen, in bytes. */
  record Range(long least, long most) {}

  /** Looks again and again. */
  static final class Watch {
    private final long pid;
    private final Thread thread = Thread.ofPlatform().daemon().unstarted(this::run);
    private volatile Range seen;

    private Watch(long pid) throws IOException {
      this.pid = pid;
      long now = resident(pid);
      this.seen = new Range(now, now);
    }

    private void run() {
      try {
        while (true) {
          long now = resident(pid);
          seen = new Range(Math.min(seen.least, now), Math.max(seen.most, now));
          Thread.sleep(Duration.ofMillis(20));
        }
      } catch (InterruptedException e) {
        // Enough was seen.
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    /** Ends it. */
    Range stop() throws InterruptedException {
      thread.interrupt();
      thread.join();
      return seen;
    }
  }
}
