package dev.orderwire.gateway.catchup;

import dev.orderwire.change.ErrorCode;
import dev.orderwire.change.OrderwireException;
import dev.orderwire.gateway.fanout.Gate;
import dev.orderwire.gateway.protocol.GatewayOptions;
import dev.orderwire.gateway.protocol.Limit;
import dev.orderwire.gateway.protocol.Resource;
import dev.orderwire.gateway.protocol.Traffic;
import dev.orderwire.gateway.protocol.Use;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.util.ReferenceCounted;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The border between event loops, which never wait, and work that waits for MySQL or for a client.
 * Each task runs on its own virtual thread, takes turns at MySQL, and calls back to an event loop
 * for everything that belongs there.
 */
public final class Blocking implements AutoCloseable {
  /** The connection is closed, or the gateway closes: the result is not needed. */
  static final class GoneException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    GoneException() {
      super("the client is gone", null, false, false);
    }
  }

  /** The client does not read. */
  static final class StalledException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    StalledException() {
      super("the client does not read", null, false, false);
    }
  }

  private static final Logger LOG = LoggerFactory.getLogger(Blocking.class);

  private final ExecutorService threads =
      Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("gateway-", 0).factory());
  private final Semaphore tasks;
  private final Semaphore snapshots;
  private final Semaphore waiting;
  private final int mostWaiting;
  private final Duration stall;
  private final Traffic traffic;

  public Blocking(GatewayOptions options, Traffic traffic) {
    this.traffic = traffic;
    this.mostWaiting = options.intLimit(Limit.WAITING_TASKS);
    this.tasks = new Semaphore(options.intLimit(Limit.TASKS), true);
    this.snapshots = new Semaphore(options.intLimit(Limit.SNAPSHOTS), true);
    this.waiting = new Semaphore(mostWaiting);
    this.stall = Duration.ofSeconds(options.limit(Limit.STALL_SECONDS));
  }

  /**
   * Starts a task that reads from MySQL on its own thread. For any thread.
   *
   * @throws OrderwireException {@code over_limit} if too many tasks wait
   */
  public void start(Runnable task) {
    if (!waiting.tryAcquire()) {
      traffic.overLimit(Limit.WAITING_TASKS);
      traffic.refuses(
          Use.of(Resource.TASKS),
          "%d clients wait for their turn to read from MySQL, and no more can. Check what makes MySQL slow, or why so many clients come at once"
              .formatted(mostWaiting),
          false);
      throw new OrderwireException(
          ErrorCode.OVER_LIMIT,
          "too many clients request stored data at once: try again in a few seconds");
    }
    try {
      startUnbounded(() -> {
        try {
          task.run();
        } finally {
          endWaiting();
        }
      });
    } catch (OrderwireException e) {
      endWaiting();
      throw e;
    }
  }

  private void endWaiting() {
    waiting.release();
    // Not with the first free place, or each client at the limit would end what the next begins.
    if (waiting.availablePermits() >= Math.max(1, mostWaiting / 10)) {
      traffic.serves(Use.of(Resource.TASKS));
    }
  }

  /** Starts a task on its own thread, without a limit on waiting tasks. For any thread. */
  public void startUnbounded(Runnable task) {
    try {
      threads.execute(() -> untilGone(task));
    } catch (RejectedExecutionException e) {
      throw new OrderwireException(
          ErrorCode.GOING_AWAY, "the server is shutting down: try again", e);
    }
  }

  private static void untilGone(Runnable task) {
    try {
      task.run();
    } catch (GoneException e) {
      LOG.debug("A task ended early: its client is gone", e);
    }
  }

  /** Reads from MySQL, after waiting until fewer than {@link Limit#TASKS} other tasks do. */
  public <T> T inTurn(Supplier<T> read) {
    return inTurn(tasks, read);
  }

  /** Ends the task if its client is not there any more. */
  public static void requireThere(Channel client) {
    if (!client.isActive()) {
      throw new GoneException();
    }
  }

  /**
   * Reads rows from MySQL, after waiting until fewer than {@link Limit#SNAPSHOTS} other tasks do.
   * So turns stay free for clients that return and need only the changes they missed.
   */
  public <T> T inSnapshotTurn(Supplier<T> read) {
    return inTurn(snapshots, () -> inTurn(tasks, read));
  }

  /** Does work with a permit of {@code turns}, after waiting for it. */
  private static <T> T inTurn(Semaphore turns, Supplier<T> work) {
    try {
      turns.acquire();
    } catch (InterruptedException e) {
      throw interrupted();
    }
    try {
      return work.get();
    } finally {
      turns.release();
    }
  }

  /**
   * Runs work on an event loop, and waits for its result.
   *
   * @param owned released by {@code work}, or here if {@code work} never runs
   */
  public static <T> T onLoop(EventLoop loop, ReferenceCounted owned, Callable<T> work) {
    Future<T> done;
    try {
      done = loop.submit(work);
    } catch (RejectedExecutionException e) {
      owned.release();
      throw new GoneException();
    }
    return outcome(done);
  }

  static <T> T onLoop(EventLoop loop, Callable<T> work) {
    return onLoop(loop, Unpooled.EMPTY_BUFFER, work);
  }

  private static <T> T outcome(Future<T> done) {
    try {
      return done.get();
    } catch (InterruptedException e) {
      throw interrupted();
    } catch (ExecutionException e) {
      throw new IllegalStateException("work on an event loop failed", e.getCause());
    }
  }

  /**
   * Waits until the socket has taken a message. Returns false if the connection was closed before.
   *
   * @throws StalledException after {@link Limit#STALL_SECONDS}
   */
  boolean awaitTaken(Future<?> sent) {
    try {
      if (!sent.await(stall.toMillis())) {
        throw new StalledException();
      }
      return sent.isSuccess();
    } catch (InterruptedException e) {
      throw interrupted();
    }
  }

  static void pause(Duration time) {
    try {
      Thread.sleep(time);
    } catch (InterruptedException e) {
      throw interrupted();
    }
  }

  /**
   * Waits until a channel is writable.
   *
   * @throws StalledException after {@link Limit#STALL_SECONDS}
   */
  void awaitWritable(Gate gate) {
    try {
      if (!gate.await(stall)) {
        throw new StalledException();
      }
    } catch (InterruptedException e) {
      throw interrupted();
    }
  }

  private static GoneException interrupted() {
    Thread.currentThread().interrupt();
    return new GoneException();
  }

  /** Interrupts all tasks. */
  @Override
  public void close() {
    threads.shutdownNow();
  }
}
