package dev.orderwire.gateway.http;

import dev.orderwire.auth.Identity;
import dev.orderwire.change.OrderwireException;
import dev.orderwire.gateway.catchup.Blocking;
import dev.orderwire.gateway.catchup.Failures;
import dev.orderwire.gateway.limits.Limits;
import dev.orderwire.gateway.protocol.Resource;
import dev.orderwire.gateway.protocol.Traffic;
import dev.orderwire.gateway.protocol.Use;
import io.netty.channel.Channel;
import java.net.InetAddress;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Makes answers that are read from MySQL, each on a virtual thread, once there is a turn for it.
 * Safe for any number of threads.
 */
public final class StoredAnswers {
  /**
   * An answer that waits for its client.
   *
   * @param taken to be run when the client has taken it; a second run does nothing
   */
  record Stored(Answer answer, Runnable taken) {}

  private final Blocking blocking;
  private final Limits limits;
  private final Failures failures;
  private final Traffic traffic;

  public StoredAnswers(Blocking blocking, Limits limits, Failures failures, Traffic traffic) {
    this.blocking = blocking;
    this.limits = limits;
    this.failures = failures;
    this.traffic = traffic;
  }

  /**
   * Makes an answer, unless the client has left before its turn.
   *
   * @param address of the client; null if it is not known
   * @param identity of the client; null if it is not known
   * @param use what the client asks for
   * @param send takes the answer, on the virtual thread. The turn is over by then: the client takes
   *     the answer as slowly as it likes
   * @throws OrderwireException {@code over_limit}
   */
  void make(
      Channel client,
      @Nullable InetAddress address,
      @Nullable Identity identity,
      Use use,
      Supplier<Answer> work,
      Consumer<Stored> send) {
    Runnable read = limits.snapshot(identity);
    try {
      blocking.start(() -> {
        Stored stored;
        try {
          stored =
              inTurn(
                  use,
                  () -> {
                    Blocking.requireThere(client);
                    return count(read(use, work), address, identity);
                  });
        } finally {
          read.run();
        }
        send.accept(stored);
      });
    } catch (OrderwireException e) {
      read.run();
      throw e;
    }
  }

  private Stored inTurn(Use use, Supplier<Stored> read) {
    return use.resource() == Resource.ROWS ? blocking.inSnapshotTurn(read) : blocking.inTurn(read);
  }

  private Answer read(Use use, Supplier<Answer> work) {
    try {
      Answer answer = work.get();
      failures.served(use);
      return answer;
    } catch (RuntimeException | OutOfMemoryError e) {
      OrderwireException told = failures.failed(use, e);
      traffic.refused(told.code());
      return Answer.error(told);
    }
  }

  /** Refuses an answer if too much waits for clients already, so that few answers are in memory. */
  private Stored count(Answer answer, @Nullable InetAddress address, @Nullable Identity identity) {
    try {
      // Its buffer, which may be larger than what is in it.
      return new Stored(answer, limits.untaken(address, identity, answer.body().capacity()));
    } catch (OrderwireException e) {
      answer.body().release();
      traffic.refused(e.code());
      return new Stored(Answer.error(e), () -> {});
    }
  }
}
