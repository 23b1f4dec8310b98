package dev.orderwire.tail;

import dev.orderwire.upkeep.Reconciler;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * The tables whose triggers could not write a row down, each with the id of the newest marker: what
 * the tail finds and {@link Reconciler} puts right. For any number of threads.
 */
public final class Markers {
  private final Map<String, Long> newest = new HashMap<>();
  private volatile boolean answered;
  private final Semaphore fresh = new Semaphore(0);

  /** From now on a reset row follows every marker. */
  public void answer() {
    answered = true;
  }

  boolean areAnswered() {
    return answered;
  }

  public synchronized void note(String table, long id) {
    newest.merge(table, id, Math::max);
    fresh.release();
  }

  public synchronized Map<String, Long> all() {
    return Map.copyOf(newest);
  }

  /** The table was reset after all markers up to this one. */
  public synchronized void settled(String table, long marker) {
    newest.remove(table, marker);
  }

  public synchronized boolean isEmpty() {
    return newest.isEmpty();
  }

  /** Waits, but no longer than until a marker is noted, or has been since the last call. */
  public void await(long millis) throws InterruptedException {
    if (fresh.tryAcquire(millis, TimeUnit.MILLISECONDS)) {
      fresh.drainPermits();
    }
  }
}
