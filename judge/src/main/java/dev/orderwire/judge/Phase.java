package dev.orderwire.judge;

import java.time.Duration;

/**
 * What all actors do at a time: make trouble, or come to rest so that they can be judged. For any
 * number of threads.
 */
final class Phase {
  private boolean loading;
  private boolean over;

  synchronized void load() {
    loading = true;
    notifyAll();
  }

  /** From now on nobody writes, nothing fails, and every client reads on. */
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

  /** Waits that long, or until the load ends. */
  synchronized void pause(Duration time) throws InterruptedException {
    long end = System.nanoTime() + time.toNanos();
    for (long left = time.toMillis(); left > 0 && loading; ) {
      wait(left);
      left = (end - System.nanoTime()) / 1_000_000;
    }
  }

  /** Waits for the next load; false where there will be none. */
  synchronized boolean awaitLoad() throws InterruptedException {
    while (!loading && !over) {
      wait();
    }
    return !over;
  }
}
