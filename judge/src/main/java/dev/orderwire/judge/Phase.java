package dev.orderwire.judge;

import java.time.Duration;

/**
 * The phase that all actors are in: under load, or settling so that the round can be checked. Safe
 * for use by any number of threads.
 */
final class Phase {
  private boolean loading;
  private boolean over;

  synchronized void load() {
    loading = true;
    notifyAll();
  }

  /** Ends the load: writers and faults stop, and every client reads on. */
  synchronized void settle() {
    loading = false;
    notifyAll();
  }

  synchronized void end() {
    over = true;
    loading = false;
    notifyAll();
  }

  synchronized boolean isLoading() {
    return loading;
  }

  synchronized boolean isOver() {
    return over;
  }

  /** Waits for this time, or until the load ends. */
  synchronized void pause(Duration time) throws InterruptedException {
    long end = System.nanoTime() + time.toNanos();
    for (long left = time.toMillis(); left > 0 && loading; ) {
      wait(left);
      left = (end - System.nanoTime()) / 1_000_000;
    }
  }

  /** Waits for the next load; returns false at the end of the run. */
  synchronized boolean awaitLoad() throws InterruptedException {
    while (!loading && !over) {
      wait();
    }
    return !over;
  }
}
