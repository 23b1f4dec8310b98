package dev.orderwire.bench;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * The delays of writes from commit to client, in windows by the time of the commit. Writers and
 * client report in either order, because a change may arrive before MySQL's answer reaches its
 * writer. Thread-safe.
 */
final class CaptureDelays {
  private record Commit(long begunAt, long at) {}

  private final long began = System.nanoTime();
  private final long windowNanos;
  private final Map<Long, Commit> awaitingArrival = new HashMap<>();
  private final Map<Long, Long> awaitingCommit = new HashMap<>();
  private final List<CaptureWindow> windows = new ArrayList<>();

  /** The first window begins now. Commits after the last window count in the last window. */
  CaptureDelays(Duration window, int windows) {
    this.windowNanos = window.toNanos();
    for (int number = 0; number < windows; number++) {
      this.windows.add(new CaptureWindow());
    }
  }

  synchronized void committed(long number, long begunAt, long committedAt) {
    Commit commit = new Commit(begunAt, committedAt);
    Long arrivedAt = awaitingCommit.remove(number);
    if (arrivedAt == null) {
      awaitingArrival.put(number, commit);
    } else {
      record(commit, arrivedAt);
    }
  }

  synchronized void arrived(long number, long arrivedAt) {
    Commit commit = awaitingArrival.remove(number);
    if (commit == null) {
      awaitingCommit.put(number, arrivedAt);
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

  /**
   * Waits until every committed write has arrived. The writers must have ended.
   *
   * @return whether all arrived within that time
   * @throws IllegalStateException if a change arrived that was not written, or arrived before
   */
  synchronized boolean awaitAll(Duration time) throws InterruptedException {
    long end = System.nanoTime() + time.toNanos();
    while (!awaitingArrival.isEmpty()) {
      long left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
      if (left <= 0) {
        return false;
      }
      wait(left);
    }
    if (!awaitingCommit.isEmpty()) {
      throw new IllegalStateException(
          awaitingCommit.size() + " changes arrived twice, or belong to no write");
    }
    return true;
  }

  /** The windows in the order of time. Call it after {@link #awaitAll}. */
  synchronized List<CaptureWindow> windows() {
    return List.copyOf(windows);
  }
}
