package dev.orderwire.cli;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * How the process ends. Left alone, SIGTERM and Ctrl-C end it where it stands. A command that has
 * something to bring to an end asks for {@link #inOrder}: then they interrupt its thread, and the
 * process ends when that thread is through, with its exit code. So the one who starts parts also
 * stops them, on the same way out as after a failure.
 */
final class Ending {
  private static final int LONGEST_SECONDS = 60;

  /** Until it is closed, the command's thread is interrupted and waited for. */
  interface InOrder extends AutoCloseable {
    /** Waits for what ends the process; never returns. */
    default void await() throws InterruptedException {
      new CountDownLatch(1).await();
    }

    @Override
    void close();
  }

  /** What may fail because its thread was interrupted. */
  interface Interruptible {
    void run() throws InterruptedException;
  }

  private final Thread command;
  private final CountDownLatch done = new CountDownLatch(1);
  private volatile int code = 1;

  Ending(Thread command) {
    this.command = command;
  }

  InOrder inOrder() {
    Thread hook = new Thread(this::endInOrder, "ending");
    Runtime.getRuntime().addShutdownHook(hook);
    return () -> {
      try {
        Runtime.getRuntime().removeShutdownHook(hook);
      } catch (IllegalStateException e) {
        // It is running: this thread is the one that it waits for.
      }
    };
  }

  /**
   * Runs {@code body}. Where that fails because of an interrupt, the interrupt is taken off the
   * thread, so that what is still to be closed does not fail for it too.
   */
  static void calmly(Interruptible body) throws InterruptedException {
    try {
      body.run();
    } catch (RuntimeException e) {
      if (Thread.interrupted()) {
        throw (InterruptedException) new InterruptedException().initCause(e);
      }
      throw e;
    }
  }

  private void endInOrder() {
    command.interrupt();
    try {
      if (!done.await(LONGEST_SECONDS, TimeUnit.SECONDS)) {
        System.err.printf("orderwire: not ended within %d s, giving up%n", LONGEST_SECONDS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    // Without it the exit code would be the signal's, whatever the command made of it.
    Runtime.getRuntime().halt(code);
  }

  /** Ends the process; called by the command's thread when it is through. */
  void exit(int exitCode) {
    code = exitCode;
    done.countDown();
    System.exit(exitCode);
  }
}
