package dev.orderwire.gateway.http;

import dev.orderwire.gateway.fanout.Sockets;
import dev.orderwire.gateway.protocol.GatewayOptions;
import dev.orderwire.gateway.protocol.Limit;
import dev.orderwire.gateway.protocol.Traffic;
import io.netty.channel.Channel;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Closes an HTTP connection that takes too long. A new deadline takes the place of the one before.
 * For the connection's event loop.
 */
final class Deadline {
  /** How long a connection that ends soon waits for a request. */
  private static final int END_SECONDS = 1;

  private final GatewayOptions options;
  private final Traffic traffic;
  private @Nullable Future<?> closing;

  Deadline(GatewayOptions options, Traffic traffic) {
    this.options = options;
    this.traffic = traffic;
  }

  /** Closes a new connection that sends no request. */
  void untilFirstRequest(Channel channel) {
    cancel();
    closing =
        Sockets.later(
            channel.eventLoop(),
            () -> {
              traffic.overLimit(Limit.HANDSHAKE_SECONDS);
              Sockets.close(channel);
            },
            TimeUnit.SECONDS.toNanos(options.limit(Limit.HANDSHAKE_SECONDS)));
  }

  /**
   * @param seconds the limit that says after how many seconds
   */
  void closeAfter(Channel channel, Limit seconds) {
    cancel();
    closing = Sockets.closeAfter(channel, options.limit(seconds));
  }

  /** Closes a connection that ends, if no request arrives soon. */
  void closeSoon(Channel channel) {
    cancel();
    closing = Sockets.closeAfter(channel, END_SECONDS);
  }

  void cancel() {
    if (closing != null) {
      closing.cancel(false);
      closing = null;
    }
  }
}
