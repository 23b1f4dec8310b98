package dev.orderwire.bench;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * How long writes took to the client, by the time of their commit. Writers and client each tell
 * what they saw, in either order: a change may arrive before MySQL's answer reaches its writer. For
 * any number of threads.
 */
final class CaptureDelays {
  private record Commit(long begunAt, long at) {}

  private final long began = System.nanoTime();
  private final long windowNanos;
  private final Map<Long, Commit> notArrived = new HashMap<>();
  private final Map<Long, Long> notAnswered = new HashMap<>();
  private final List<CaptureWindow> windows = new ArrayList<>();

  /** Its windows begin now; what is committed after the last one counts to the last one. */
  CaptureDelays(Duration window, int windows) {
    this.windowNanos = window.toNanos();
    for (int number = 0; number < windows; number++) {
      this.windows.add(new CaptureWindow());
    }
  }

  synchronized void committed(long number, long begunAt, long committedAt) {
    Commit commit = new Commit(begunAt, committedAt);
    Long arrivedAt = notAnswered.remove(number);
    if (arrivedAt == null) {
      notArrived.put(number, commit);
    } else {
      record(commit, arrivedAt);
    }
  }

  synchronized void arrived(long number, long arrivedAt) {
    Commit commit = notArrived.remove(number);
    if (commit == null) {
      notAnswered.put(number, arrivedAt);
    } else {
      record(commit, arrivedAt);
      notifyAll();
    }
  }

  private void record(Commit commit, long arrivedAt) {
    int number = (int) Math.min((commit.at - began) / windowNanos, windows.size() - 1);
    CaptureWindow window = windows.get(number);
    window.fromBegin().recordValue(arrivedAt - commit.begunAt);
    window.fromCommit().recordValue(Math.max(0, arrivedAt - commit.at));
  }

  /** Whether everything came within that time, once the writers have ended. */
  synchronized boolean awaitAll(Duration time) throws InterruptedException {
    long end = System.nanoTime() + time.toNanos();
    while (!notArrived.isEmpty()) {
      long left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
      if (left <= 0) {
        return false;
      }
      wait(left);
    }
    if (!notAnswered.isEmpty()) {
      throw new IllegalStateException(
          notAnswered.size() + " changes arrived twice, or were written by nobody");
    }
    return true;
  }

  /** In the order of time. After {@link #awaitAll}. */
  synchronized List<CaptureWindow> windows() {
    return List.copyOf(windows);
  }
}
