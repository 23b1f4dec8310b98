package dev.orderwire.tail;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.ObjLongConsumer;

/**
 * The tables whose triggers wrote a marker instead of a row, each with the id of its newest marker.
 * The tail adds them; the reconciler resets the tables and removes them. Safe for any number of
 * threads.
 */
public final class Markers {
  private final Map<String, Long> newest = new HashMap<>();
  private volatile boolean resetsExpected;
  private volatile ObjLongConsumer<String> listener = (_, _) -> {};
  private final Semaphore added = new Semaphore(0);

  /** Declares that from now on a reset row follows every marker. */
  public void expectResets() {
    resetsExpected = true;
  }

  boolean expectsResets() {
    return resetsExpected;
  }

  /**
   * Tells of each marker that a reset will follow.
   *
   * @param listener takes the table, and the id of the marker in the change log
   */
  public void onAdd(ObjLongConsumer<String> listener) {
    this.listener = listener;
  }

  /**
   * Adds a marker.
   *
   * @param id of the marker; {@link Long#MAX_VALUE} if a reset is due without one
   */
  public synchronized void add(String table, long id) {
    if (resetsExpected && id < Long.MAX_VALUE) {
      listener.accept(table, id);
    }
    newest.merge(table, id, Math::max);
    added.release();
  }

  public synchronized Map<String, Long> all() {
    return Map.copyOf(newest);
  }

  /** Call this when the table was reset after {@code marker}; a newer marker stays. */
  public synchronized void remove(String table, long marker) {
    newest.remove(table, marker);
  }

  public synchronized boolean isEmpty() {
    return newest.isEmpty();
  }

  /** Waits for a marker that was added since the last call, for at most {@code millis}. */
  public void await(long millis) throws InterruptedException {
    if (added.tryAcquire(millis, TimeUnit.MILLISECONDS)) {
      added.drainPermits();
    }
  }
}
