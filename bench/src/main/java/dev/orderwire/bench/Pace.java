package dev.orderwire.bench;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Moments at even distances, the first one a distance from now. Who comes late does not wait, until
 * it has caught up.
 */
final class Pace {
  private final long interval;
  private long next = System.nanoTime();

  private Pace(long interval) {
    this.interval = interval;
  }

  /** For one of several that share the rate evenly. */
  static Pace of(int perSecond, int sharedBy) {
    return new Pace(TimeUnit.SECONDS.toNanos(sharedBy) / perSecond);
  }

  /** Waits for the next moment. */
  void await() {
    next += interval;
    await(next);
  }

  /** Waits until {@link System#nanoTime} is so late. */
  static void await(long due) {
    for (long wait = due - System.nanoTime(); wait > 0; wait = due - System.nanoTime()) {
      LockSupport.parkNanos(wait);
    }
  }
}
