package dev.orderwire.bus.redis;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.orderwire.bus.BusException;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.output.ArrayOutput;
import io.lettuce.core.output.CommandOutput;
import io.lettuce.core.output.IntegerOutput;
import io.lettuce.core.output.StatusOutput;
import io.lettuce.core.output.ValueListOutput;
import io.lettuce.core.output.ValueOutput;
import io.lettuce.core.protocol.CommandArgs;
import io.lettuce.core.protocol.CommandType;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Commands over one link, in batches. Safe for any number of threads, one of which waits for Redis
 * at a time.
 */
final class Commands implements AutoCloseable {
  private final RedisSettings settings;
  private final Link link;
  private final ReentrantLock turn = new ReentrantLock();

  Commands(RedisSettings settings, Connector connector) {
    this.settings = settings;
    this.link = new Link(settings, connector);
  }

  /** A command that answers with a number. */
  static Link.Sent<Long> number(CommandType type, String key, Object... words) {
    return command(type, new IntegerOutput<>(Connector.CODEC), key, words);
  }

  /** A command that answers with OK. */
  static Link.Sent<String> status(CommandType type, String key, Object... words) {
    return command(type, new StatusOutput<>(Connector.CODEC), key, words);
  }

  /** A command that answers with a value, or null. */
  static Link.Sent<byte[]> value(CommandType type, String key, Object... words) {
    return command(type, new ValueOutput<>(Connector.CODEC), key, words);
  }

  /** A command that answers with values. */
  static Link.Sent<List<byte[]>> values(CommandType type, String key, Object... words) {
    return command(type, new ValueListOutput<>(Connector.CODEC), key, words);
  }

  /** A command that answers with a list of anything. */
  static Link.Sent<List<Object>> list(CommandType type, String key, Object... words) {
    return command(type, new ArrayOutput<>(Connector.CODEC), key, words);
  }

  private static <T> Link.Sent<T> command(
      CommandType type, CommandOutput<String, byte[], T> output, String key, Object... words) {
    CommandArgs<String, byte[]> args = new CommandArgs<>(Connector.CODEC).addKey(key);
    for (Object word : words) {
      args.addValue(word.toString().getBytes(UTF_8));
    }
    return new Link.Sent<>(type, output, args);
  }

  /**
   * Sends commands, and waits for all answers.
   *
   * @throws BusException if Redis does not answer, or refuses one of them
   */
  void run(List<? extends Link.Sent<?>> commands) throws InterruptedException {
    run(commands, 0);
  }

  /**
   * @param millis how long to wait beyond the timeout of the settings
   */
  void run(List<? extends Link.Sent<?>> commands, long millis) throws InterruptedException {
    if (commands.isEmpty()) {
      return;
    }
    turn.lockInterruptibly();
    try {
      link.send(commands);
      long deadline = System.nanoTime() + settings.timeout().plusMillis(millis).toNanos();
      for (Link.Sent<?> each : commands) {
        var _ = link.await(each, TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime()));
      }
    } catch (RedisCommandExecutionException e) {
      throw link.failure(e);
    } finally {
      turn.unlock();
    }
  }

  /** As {@link #run(List)}, with the answer to a single command. */
  <T> T ask(Link.Sent<T> command, long millis) throws InterruptedException {
    run(List.of(command), millis);
    return command.join();
  }

  @Override
  public void close() {
    link.close();
  }
}
