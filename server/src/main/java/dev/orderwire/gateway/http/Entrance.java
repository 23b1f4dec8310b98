package dev.orderwire.gateway.http;

import dev.orderwire.auth.Admission;
import dev.orderwire.auth.Visitor;
import dev.orderwire.change.ErrorCode;
import dev.orderwire.change.OrderwireException;
import dev.orderwire.gateway.catchup.Blocking;
import dev.orderwire.gateway.fanout.Sockets;
import io.netty.channel.Channel;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Decides who comes in. Safe for any number of threads. */
public final class Entrance {
  private static final Logger LOG = LoggerFactory.getLogger(Entrance.class);

  private final Admission admission;
  private final Blocking blocking;

  public Entrance(Admission admission, Blocking blocking) {
    this.admission = admission;
    this.blocking = blocking;
  }

  /** Whether everybody may come in, and see everything. */
  boolean isOpen() {
    return admission.isOpen();
  }

  /** Whether a request needs a credential. */
  boolean guards(String uri) {
    return !isOpen() && Routes.isGuarded(uri);
  }

  /**
   * Checks a credential on a thread of its own, as the keys may have to be fetched first.
   *
   * @param channel of the client; the result is called on its event loop. If that throws, the
   *     channel is closed, as nothing else would answer the client
   */
  void admit(
      String credential,
      Channel channel,
      Consumer<Visitor> admitted,
      Consumer<OrderwireException> refused) {
    blocking.startUnbounded(() -> {
      Runnable result;
      try {
        Visitor visitor = admission.admit(credential);
        result = () -> admitted.accept(visitor);
      } catch (OrderwireException e) {
        result = () -> refused.accept(e);
      } catch (RuntimeException e) {
        LOG.error("Failed to check a credential", e);
        result =
            () ->
                refused.accept(
                    new OrderwireException(
                        ErrorCode.INTERNAL_ERROR, "the credential could not be checked", e));
      }
      Runnable answer = result;
      channel
          .eventLoop()
          .execute(() -> {
            try {
              answer.run();
            } catch (RuntimeException e) {
              LOG.error("Failed to serve a client whose credential was checked; closing it", e);
              Sockets.close(channel);
            }
          });
    });
  }
}
