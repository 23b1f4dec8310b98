package dev.orderwire.cli;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * The end of the process. By default, SIGTERM and Ctrl-C end it at once. A command that has parts
 * to close asks for a {@link #graceful} shutdown: then SIGTERM and Ctrl-C interrupt its thread, and
 * the process ends with the command's exit code as soon as the command returns. So the code that
 * starts a part also stops it, on the same path as after a failure.
 */
final class Shutdown {
  private static final int TIMEOUT_SECONDS = 60;

  /** Until this is closed, a shutdown interrupts the command's thread and waits for it. */
  interface Graceful extends AutoCloseable {
    /** Waits for the shutdown; never returns normally. */
    default void await() throws InterruptedException {
      new CountDownLatch(1).await();
    }

    @Override
    void close();
  }

  /** Code that an interrupt of its thread can end. */
  interface Interruptible {
    void run() throws InterruptedException;
  }

  private final Thread command;
  private final CountDownLatch done = new CountDownLatch(1);
  private volatile int code = 1;

  /**
   * @param command the thread that runs the command
   */
  Shutdown(Thread command) {
    this.command = command;
  }

  Graceful graceful() {
    Thread hook = new Thread(this::interruptAndWait, "shutdown");
    Runtime.getRuntime().addShutdownHook(hook);
    return () -> {
      try {
        Runtime.getRuntime().removeShutdownHook(hook);
      } catch (IllegalStateException e) {
        // The hook is running, and waits for this thread.
      }
    };
  }

  /**
   * Runs {@code body}. If it fails while the thread is interrupted, throws {@link
   * InterruptedException} and clears the interrupt, which would make closing the parts fail too.
   */
  static void clearingInterrupt(Interruptible body) throws InterruptedException {
    try {
      body.run();
    } catch (RuntimeException e) {
      if (Thread.interrupted()) {
        throw (InterruptedException) new InterruptedException().initCause(e);
      }
      throw e;
    }
  }

  private void interruptAndWait() {
    command.interrupt();
    try {
      if (!done.await(TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
        System.err.printf(
            "orderwire: the shutdown takes more than %d s; exiting%n", TIMEOUT_SECONDS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    // Otherwise the JVM exits with the signal's code instead of the command's.
    Runtime.getRuntime().halt(code);
  }

  /** Ends the process. The command's thread calls it when the command has returned. */
  void exit(int exitCode) {
    code = exitCode;
    done.countDown();
    System.exit(exitCode);
  }
}
