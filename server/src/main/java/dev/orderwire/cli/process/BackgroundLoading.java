package dev.orderwire.cli.process;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/**
 * Loads classes on its own thread while the command does other work.
 *
 * <p>Wait for it before anything else loads the same classes: two threads that initialise the same
 * classes in a different order can deadlock.
 */
public final class BackgroundLoading {
  private final FutureTask<?> task;

  private BackgroundLoading(FutureTask<?> task) {
    this.task = task;
  }

  /** Loads nothing. */
  public static BackgroundLoading none() {
    FutureTask<?> done = new FutureTask<>(() -> {}, null);
    done.run();
    return new BackgroundLoading(done);
  }

  public static BackgroundLoading start(Runnable loader) {
    FutureTask<?> task = new FutureTask<>(loader, null);
    Thread.ofPlatform().name("loading").daemon().start(task);
    return new BackgroundLoading(task);
  }

  /**
   * Waits for the end of the loading.
   *
   * @throws IllegalStateException if the loader threw an exception, which is its cause
   */
  public void await() throws InterruptedException {
    try {
      task.get();
    } catch (ExecutionException e) {
      throw new IllegalStateException("loading classes in the background failed", e.getCause());
    }
  }
}
