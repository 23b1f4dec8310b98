package dev.orderwire.cli;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/**
 * Work that goes on beside its maker, on a thread of its own, until it is waited for. It is waited
 * for before anything else does the same: two threads that initialise the same classes from
 * different ends could wait for each other for ever.
 */
final class Meanwhile {
  private final FutureTask<?> work;

  private Meanwhile(FutureTask<?> work) {
    this.work = work;
  }

  /** Nothing to wait for. */
  static Meanwhile nothing() {
    FutureTask<?> done = new FutureTask<>(() -> {}, null);
    done.run();
    return new Meanwhile(done);
  }

  /** Begins. */
  static Meanwhile run(Runnable work) {
    FutureTask<?> begun = new FutureTask<>(work, null);
    Thread.ofPlatform().name("meanwhile").daemon().start(begun);
    return new Meanwhile(begun);
  }

  /** Waits until all is done; throws what was thrown there. */
  void await() throws InterruptedException {
    try {
      work.get();
    } catch (ExecutionException e) {
      throw new IllegalStateException("what was begun beside this failed", e.getCause());
    }
  }
}
