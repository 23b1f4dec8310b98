package dev.orderwire.lifecycle;

import java.util.concurrent.locks.LockSupport;

/**
 * The thread of one part of a server. It can be started once; a worker that was never started can
 * be stopped too. Safe for any number of threads.
 */
public final class Worker {
  /** What the thread does until {@link #isStopping} or an interrupt ends it. */
  public interface Task {
    void run() throws InterruptedException;
  }

  private final Thread thread;
  private volatile boolean stopping;

  private Worker(Thread.Builder builder, Task task) {
    this.thread =
        builder.unstarted(() -> {
          try {
            task.run();
          } catch (InterruptedException e) {
            // Stopped.
          }
        });
  }

  /** A worker on a virtual thread: for work that waits most of the time. */
  public static Worker virtual(String name, Task task) {
    return new Worker(Thread.ofVirtual().name(name), task);
  }

  /**
   * A worker on a platform thread: for work that must not be late. A virtual thread waits until
   * another one gives up its core, and two busy snapshots can hold all of them.
   */
  public static Worker platform(String name, Task task) {
    return new Worker(Thread.ofPlatform().name(name).daemon(), task);
  }

  public void start() {
    thread.start();
  }

  /** Whether {@link #stop} has been called: the task should return soon. */
  public boolean isStopping() {
    return stopping;
  }

  /** Ends a {@link LockSupport#park} of the task, or prevents the next one. */
  public void wake() {
    LockSupport.unpark(thread);
  }

  /** Interrupts the task and waits for its end. */
  public void stop() {
    stop(() -> {});
  }

  /**
   * As {@link #stop()}, for a task that also waits where an interrupt does not reach it.
   *
   * @param release ends that wait; called when {@link #isStopping} is true already
   */
  public void stop(Runnable release) {
    stopping = true;
    release.run();
    thread.interrupt();
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
