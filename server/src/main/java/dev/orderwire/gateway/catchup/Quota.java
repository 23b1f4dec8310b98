package dev.orderwire.gateway.catchup;

import java.util.concurrent.Semaphore;

/** A number of bytes that many share, counted in kilobytes. Safe for any number of threads. */
final class Quota {
  private static final int UNIT = 1_024;

  private final int most;
  private final Semaphore left;

  Quota(long bytes) {
    this.most = Math.clamp(bytes / UNIT, 1, Integer.MAX_VALUE);
    this.left = new Semaphore(most, true);
  }

  /** Takes bytes if so many are left. */
  boolean tryTake(long bytes) {
    return left.tryAcquire(units(bytes));
  }

  /** Waits until so many bytes are left, and takes them. */
  void take(long bytes) throws InterruptedException {
    left.acquire(units(bytes));
  }

  /** Gives back the bytes of one call. */
  void giveBack(long bytes) {
    left.release(units(bytes));
  }

  /** At most the whole quota, so that a larger request can succeed when nothing else is taken. */
  private int units(long bytes) {
    return Math.clamp((bytes + UNIT - 1) / UNIT, 1, most);
  }
}
