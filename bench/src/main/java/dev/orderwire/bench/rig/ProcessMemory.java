package dev.orderwire.bench.rig;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/**
 * The resident memory of a process, as Linux counts it in /proc/PID/status (proc_pid_status(5)).
 */
public final class ProcessMemory {
  private ProcessMemory() {}

  /** The resident memory now, in bytes. */
  public static long resident(long pid) throws IOException {
    return Files.readAllLines(Path.of("/proc", String.valueOf(pid), "status")).stream()
        .filter(line -> line.startsWith("VmRSS:"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024)
        .findFirst()
        .orElseThrow(() -> new IOException("process " + pid + " has no resident memory"));
  }

  /** Begins to sample. */
  public static Sampler sample(long pid) throws IOException {
    Sampler sampler = new Sampler(pid);
    sampler.thread.start();
    return sampler;
  }

  /**
   * The lowest resident memory during some time without load, in bytes. The lowest counts because a
   * JIT compiler takes memory for a second now and then.
   */
  public static long lowest(long pid, Duration time) throws IOException, InterruptedException {
    Sampler sampler = sample(pid);
    Thread.sleep(time);
    return sampler.stop().lowest();
  }

  /** The lowest and the highest sample, in bytes. */
  public record Range(long lowest, long highest) {}

  /** Samples every 20 ms, on a thread of its own. */
  public static final class Sampler {
    private final long pid;
    private final Thread thread = Thread.ofPlatform().daemon().unstarted(this::run);
    private volatile Range range;

    private Sampler(long pid) throws IOException {
      this.pid = pid;
      long now = resident(pid);
      this.range = new Range(now, now);
    }

    private void run() {
      try {
        while (true) {
          long now = resident(pid);
          range = new Range(Math.min(range.lowest, now), Math.max(range.highest, now));
          Thread.sleep(Duration.ofMillis(20));
        }
      } catch (InterruptedException e) {
        // stop() interrupts the thread.
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    /** Ends the sampling. */
    public Range stop() throws InterruptedException {
      thread.interrupt();
      thread.join();
      return range;
    }
  }
}
