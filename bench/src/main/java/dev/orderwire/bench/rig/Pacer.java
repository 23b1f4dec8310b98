package dev.orderwire.bench.rig;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Paces a loop at a fixed rate. The first turn is due one interval after the start. A loop that is
 * late does not wait until it has caught up.
 */
public final class Pacer {
  private final long interval;
  private long next = System.nanoTime();

  private Pacer(long interval) {
    this.interval = interval;
  }

  /** A pacer for one of {@code sharedBy} loops that share the rate evenly. */
  public static Pacer of(int perSecond, int sharedBy) {
    return new Pacer(TimeUnit.SECONDS.toNanos(sharedBy) / perSecond);
  }

  /** Waits until the next turn is due. */
  public void await() {
    next += interval;
    await(next);
  }

  /** Waits until {@link System#nanoTime} has reached {@code due}. */
  public static void await(long due) {
    for (long wait = due - System.nanoTime(); wait > 0; wait = due - System.nanoTime()) {
      LockSupport.parkNanos(wait);
    }
  }
}
