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

  static Peak watch(long pid) {
    Peak peak = new Peak(pid);
    peak.thread.start();
    return peak;
  }

  /** The most that was seen. */
  static final class Peak {
    private final long pid;
    private final Thread thread = Thread.ofPlatform().daemon().unstarted(this::run);
    private volatile long most;

    private Peak(long pid) {
      this.pid = pid;
    }

    private void run() {
      try {
        while (true) {
          most = Math.max(most, resident(pid));
          Thread.sleep(Duration.ofMillis(20));
        }
      } catch (InterruptedException e) {
        // Enough was seen.
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    /** Ends it; in bytes. */
    long stop() throws InterruptedException {
      thread.interrupt();
      thread.join();
      return most;
    }
  }
}
