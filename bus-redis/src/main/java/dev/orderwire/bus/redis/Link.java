package dev.orderwire.bus.redis;

import dev.orderwire.bus.BusException;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.api.StatefulConnection;
import io.lettuce.core.output.CommandOutput;
import io.lettuce.core.protocol.AsyncCommand;
import io.lettuce.core.protocol.Command;
import io.lettuce.core.protocol.CommandArgs;
import io.lettuce.core.protocol.CommandType;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * A connection to Redis that is opened when it is needed. After any failure it is given up, with
 * all that is under way on it: so nothing is sent later that nobody waits for any more, and nothing
 * piles up while Redis is away. For one thread at a time; any thread may close it.
 */
final class Link implements AutoCloseable {
  /** A command that has an answer, or will have one. */
  static final class Sent<T> extends AsyncCommand<String, byte[], T> {
    Sent(
        CommandType type,
        CommandOutput<String, byte[], T> output,
        CommandArgs<String, byte[]> args) {
      super(new Command<>(type, output, args));
    }
  }

  /** At least this long after a failure, nobody connects: a caller may try again in a loop. */
  private static final long PAUSE_MILLIS = 50;

  private final RedisSettings settings;
  private final Connector connector;
  private volatile @Nullable StatefulConnection<String, byte[]> connection;
  private volatile boolean closed;
  private boolean failed;
  private int opened;

  Link(RedisSettings settings, Connector connector) {
    this.settings = settings;
    this.connector = connector;
  }

  /**
   * Connects if there is no connection.
   *
   * @return how many connections there have been
   * @throws BusException if Redis cannot be reached
   */
  int connect() throws InterruptedException {
    var _ = open();
    return opened;
  }

  /**
   * Sends commands in their order, without waiting for the answers.
   *
   * @throws BusException if there is no connection
   */
  void send(List<? extends Sent<?>> commands) throws InterruptedException {
    StatefulConnection<String, byte[]> open = open();
    try {
      open.dispatch(commands);
    } catch (RuntimeException e) {
      throw failure(e);
    }
  }

  /**
   * Sends a command, and waits for its answer.
   *
   * @param millis how long to wait beyond the timeout of the settings
   * @throws RedisCommandExecutionException if Redis refuses it
   * @throws BusException if there is no answer
   */
  <T> T ask(Sent<T> command, long millis) throws InterruptedException {
    send(List.of(command));
    return await(command, settings.timeout().toMillis() + millis);
  }

  /**
   * Waits for an answer.
   *
   * @throws RedisCommandExecutionException if Redis refuses the command
   * @throws BusException if there is no answer
   */
  <T> T await(CompletableFuture<T> answer, long millis) throws InterruptedException {
    try {
      return answer.get(Math.max(1, millis), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RedisCommandExecutionException refused) {
        throw refused;
      }
      throw failure(e);
    } catch (TimeoutException | CancellationException e) {
      throw failure(e);
    } catch (InterruptedException e) {
      giveUp();
      throw e;
    }
  }

  private StatefulConnection<String, byte[]> open() throws InterruptedException {
    StatefulConnection<String, byte[]> current = connection;
    if (current != null && current.isOpen()) {
      return current;
    }
    giveUp();
    if (failed) {
      Thread.sleep(PAUSE_MILLIS + ThreadLocalRandom.current().nextLong(PAUSE_MILLIS));
    }
    StatefulConnection<String, byte[]> fresh = fresh();
    failed = false;
    opened++;
    connection = fresh;
    if (closed) {
      throw failure(new CancellationException());
    }
    return fresh;
  }

  private StatefulConnection<String, byte[]> fresh() throws InterruptedException {
    if (closed) {
      throw failure(new CancellationException());
    }
    CompletableFuture<? extends StatefulConnection<String, byte[]>> connecting;
    try {
      connecting = connector.connect();
    } catch (RuntimeException e) {
      throw failure(e);
    }
    try {
      return await(connecting, settings.longestConnect().toMillis());
    } catch (RedisCommandExecutionException e) {
      throw failure(e);
    } catch (BusException | InterruptedException e) {
      var _ = connecting.thenCompose(StatefulConnection::closeAsync);
      throw e;
    }
  }

  /** Gives the connection up, and says why. */
  BusException failure(Exception cause) throws InterruptedException {
    boolean wasClosed = closed;
    giveUp();
    failed = true;
    if (Thread.interrupted()) {
      throw new InterruptedException();
    }
    if (wasClosed) {
      return new BusException("the bus at %s is closed".formatted(settings), cause);
    }
    return new BusException("Redis at %s %s".formatted(settings, said(cause)), cause);
  }

  private static String said(Throwable cause) {
    Throwable root = cause;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return switch (root) {
      case TimeoutException _ -> "does not answer";
      case CancellationException _ -> "has closed the connection";
      case RedisCommandExecutionException refused -> "refuses: " + refused.getMessage();
      default -> "cannot be reached: " + (root.getMessage() == null ? root : root.getMessage());
    };
  }

  private void giveUp() {
    var _ = closing();
  }

  private synchronized CompletableFuture<Void> closing() {
    StatefulConnection<String, byte[]> open = connection;
    connection = null;
    return open == null ? CompletableFuture.completedFuture(null) : open.closeAsync();
  }

  /** Waits for the end of the connection: Lettuce's client counts it until then. */
  @Override
  public void close() {
    closed = true;
    closing().exceptionally(_ -> null).completeOnTimeout(null, 1, TimeUnit.SECONDS).join();
  }
}
