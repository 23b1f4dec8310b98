package dev.orderwire.testing;

import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Waits in tests for a condition, with a limit. */
public final class Await {
  /** Long enough for any machine: what has not come by then never comes. */
  public static final Duration LONGEST = Duration.ofSeconds(60);

  private Await() {}

  /** Polls until the condition holds. */
  public static void until(String what, BooleanSupplier condition) {
    long deadline = System.nanoTime() + LONGEST.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError("not within " + LONGEST + ": " + what);
      }
      pause();
    }
  }

  private static void pause() {
    try {
      Thread.sleep(5);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** The next element of a queue. */
  static <T> T next(Supplier<String> what, BlockingQueue<T> queue) {
    try {
      T next = queue.poll(LONGEST.toSeconds(), TimeUnit.SECONDS);
      if (next == null) {
        throw new AssertionError("not within " + LONGEST + ": " + what.get());
      }
      return next;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
