package dev.orderwire.gateway.catchup;

import java.util.concurrent.Semaphore;

/** A number of bytes that many share, counted in kilobytes. For any number of threads. */
final class Quota {
  private static final int UNIT = 1_024;

  private final int most;
  private final Semaphore left;

  Quota(long bytes) {
    this.most = Math.clamp(bytes / UNIT, 1, Integer.MAX_VALUE);
    this.left = new Semaphore(most, true);
  }

  /** Takes so much, where so much is left. */
  boolean tryTake(long bytes) {
    return left.tryAcquire(units(bytes));
  }

  /** Takes so much once so much is left. */
  void take(long bytes) throws InterruptedException {
    left.acquire(units(bytes));
  }

  /** Gives back what was taken at once. */
  void giveBack(long bytes) {
    left.release(units(bytes));
  }

  /** What is larger than all of it has its turn when nobody else has any. */
  private int units(long bytes) {
    return Math.clamp((bytes + UNIT - 1) / UNIT, 1, most);
  }
}
