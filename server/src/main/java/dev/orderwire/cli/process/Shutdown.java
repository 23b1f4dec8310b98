package dev.orderwire.cli.process;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * The end of the process. By default, SIGTERM and Ctrl-C end it at once. A command that has parts
 * to close asks for a {@link #graceful} shutdown: then SIGTERM and Ctrl-C interrupt its thread, and
 * the process ends with the command's exit code as soon as the command returns. So the code that
 * starts a part also stops it, on the same path as after a failure. A second signal ends the
 * process at once, and asks the processes that it started to end.
 */
public final class Shutdown {
  /** How long the parts of a command may take to close. */
  private static final int CLOSE_SECONDS = 60;

  /** Until this is closed, a shutdown interrupts the command's thread and waits for it. */
  public interface Graceful extends AutoCloseable {
    /** Waits for the shutdown; never returns normally. */
    default void await() throws InterruptedException {
      new CountDownLatch(1).await();
    }

    @Override
    void close();
  }

  /** Code that an interrupt of its thread can end. */
  public interface Interruptible {
    void run() throws InterruptedException;
  }

  private final Thread command;
  private final CountDownLatch done = new CountDownLatch(1);
  private volatile int code = 1;

  /**
   * Creates it for one command.
   *
   * @param command the thread that runs the command
   */
  public Shutdown(Thread command) {
    this.command = command;
  }

  /** A graceful shutdown, with no more time than the parts need to close. */
  public Graceful graceful() {
    return graceful(0);
  }

  /**
   * Asks for a graceful shutdown.
   *
   * @param seconds how long the command may take, besides closing its parts
   */
  public Graceful graceful(int seconds) {
    Thread hook = new Thread(() -> interruptAndWait(seconds + CLOSE_SECONDS), "shutdown");
    Runtime.getRuntime().addShutdownHook(hook);
    Signals.onSecond(this::endAtOnce);
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
  public static void clearingInterrupt(Interruptible body) throws InterruptedException {
    try {
      body.run();
    } catch (RuntimeException e) {
      if (Thread.interrupted()) {
        throw (InterruptedException) new InterruptedException().initCause(e);
      }
      throw e;
    }
  }

  private void interruptAndWait(int seconds) {
    command.interrupt();
    try {
      if (!done.await(seconds, TimeUnit.SECONDS)) {
        System.err.printf("orderwire: the shutdown takes more than %d s; exiting%n", seconds);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    // Otherwise the JVM exits with the signal's code instead of the command's.
    Runtime.getRuntime().halt(code);
  }

  private void endAtOnce() {
    ProcessHandle.current().children().forEach(ProcessHandle::destroy);
    Runtime.getRuntime().halt(code);
  }

  /** Ends the process. The command's thread calls it when the command has returned. */
  public void exit(int exitCode) {
    code = exitCode;
    done.countDown();
    System.exit(exitCode);
  }
}
