package dev.orderwire.gateway.catchup;

import dev.orderwire.change.ErrorCode;
import dev.orderwire.change.OrderwireException;
import dev.orderwire.gateway.fanout.Gate;
import dev.orderwire.gateway.protocol.GatewayOptions;
import dev.orderwire.gateway.protocol.Limit;
import io.netty.buffer.Unpooled;
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
 * The border between the event loops, which never wait, and what waits: for MySQL, or for a client
 * to take what it is sent. What is started here runs on a virtual thread of its own, reads from
 * MySQL in its turn, and reaches back to an event loop for all that lives there.
 */
public final class Blocking implements AutoCloseable {
  /** The connection is gone, or the gateway closes: there is nobody left to work for. */
  static final class GoneException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    GoneException() {
      super("the client is gone", null, false, false);
    }
  }

  /** The client takes nothing. */
  static final class StalledException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    StalledException() {
      super("the client takes nothing", null, false, false);
    }
  }

  private static final Logger LOG = LoggerFactory.getLogger(Blocking.class);

  private final ExecutorService threads =
      Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("gateway-", 0).factory());
  private final Semaphore tasks;
  private final Semaphore waiting;
  private final Duration stall;

  public Blocking(GatewayOptions options) {
    this.tasks = new Semaphore(options.intLimit(Limit.TASKS), true);
    this.waiting = new Semaphore(options.intLimit(Limit.WAITING_TASKS));
    this.stall = Duration.ofSeconds(options.limit(Limit.STALL_SECONDS));
  }

  /**
   * Runs a task that waits for MySQL on a thread of its own; for any thread, and returns at once.
   *
   * @throws OrderwireException {@code over_limit} where too many are waiting
   */
  public void start(Runnable task) {
    if (!waiting.tryAcquire()) {
      throw new OrderwireException(
          ErrorCode.OVER_LIMIT, "too many ask for stored data at once: try again in a few seconds");
    }
    try {
      think(() -> {
        try {
          task.run();
        } finally {
          waiting.release();
        }
      });
    } catch (OrderwireException e) {
      waiting.release();
      throw e;
    }
  }

  /** Runs a task that only thinks on a thread of its own; for any thread, and returns at once. */
  public void think(Runnable task) {
    try {
      threads.execute(() -> untilGone(task));
    } catch (RejectedExecutionException e) {
      throw new OrderwireException(ErrorCode.GOING_AWAY, "the server is going away: try again", e);
    }
  }

  private static void untilGone(Runnable task) {
    try {
      task.run();
    } catch (GoneException e) {
      LOG.debug("Nobody waits any more for what was under way", e);
    }
  }

  /** Does what reads from MySQL, when it is its turn. */
  public <T> T inTurn(Supplier<T> read) {
    return inTurn(tasks, read);
  }

  /** Does what not many may do at once, when it is its turn. */
  public static <T> T inTurn(Semaphore turns, Supplier<T> work) {
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
   * Does what belongs on an event loop, and waits for it.
   *
   * @param owned what {@code work} takes over; released where it will never be done
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

  public static <T> T onLoop(EventLoop loop, Callable<T> work) {
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

  /** Waits until something has been written, or its connection is closed. */
  public static boolean await(Future<?> written) {
    try {
      return written.await().isSuccess();
    } catch (InterruptedException e) {
      throw interrupted();
    }
  }

  /**
   * Waits until a client has taken what it was sent; false where it is gone.
   *
   * @throws StalledException where that took it too long
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

  /** Waits for a while. */
  static void pause(Duration time) {
    try {
      Thread.sleep(time);
    } catch (InterruptedException e) {
      throw interrupted();
    }
  }

  /**
   * Waits until a client takes more.
   *
   * @throws StalledException where it took nothing for too long
   */
  void awaitTaking(Gate gate) {
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

  /** Interrupts what is still waiting. */
  @Override
  public void close() {
    threads.shutdownNow();
  }
}
