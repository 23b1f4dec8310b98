package dev.orderwire.judge.run;

import java.time.Duration;

/**
 * The phase that all actors are in: under load, or settling so that the round can be checked. Safe
 * for use by any number of threads.
 */
public final class Phase {
  private boolean loading;
  private boolean over;

  public synchronized void load() {
    loading = true;
    notifyAll();
  }

  /** Ends the load: writers and faults stop, and every client reads on. */
  public synchronized void settle() {
    loading = false;
    notifyAll();
  }

  public synchronized void end() {
    over = true;
    loading = false;
    notifyAll();
  }

  public synchronized boolean isLoading() {
    return loading;
  }

  public synchronized boolean isOver() {
    return over;
  }

  /** Waits for this time, or until the load ends. */
  public synchronized void pause(Duration time) throws InterruptedException {
    long end = System.nanoTime() + time.toNanos();
    for (long left = time.toMillis(); left > 0 && loading; ) {
      wait(left);
      left = (end - System.nanoTime()) / 1_000_000;
    }
  }

  /** Waits for the next load; returns false at the end of the run. */
  public synchronized boolean awaitLoad() throws InterruptedException {
    while (!loading && !over) {
      wait();
    }
    return !over;
  }
}
