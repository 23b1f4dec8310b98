package dev.orderwire.gateway.fanout;

import dev.orderwire.gateway.protocol.CloseReason;
import dev.orderwire.gateway.protocol.ControlFrames;
import dev.orderwire.gateway.protocol.Messages;
import dev.orderwire.gateway.protocol.Transport;
import java.util.concurrent.TimeUnit;

/**
 * Asks a client to reconnect, as another server will serve it, and closes the connection at the
 * time at which it should have. Until then the client gets its changes. For the connection's event
 * loop.
 */
record Departure(Connection connection, long afterMillis) implements Runnable {
  /**
   * A browser connects again so long after the end of its stream, at the earliest. It repeats that
   * until a server answers.
   */
  private static final int LEAST_RETRY_MILLIS = 500;

  @Override
  public void run() {
    if (!connection.isStaying()) {
      return;
    }
    connection.leaving();
    if (connection.form().transport() == Transport.EVENTS) {
      connection.output().queue(ControlFrames.retry(LEAST_RETRY_MILLIS + afterMillis));
    }
    connection.answer(Messages.reconnect(afterMillis));
    var _ =
        Sockets.later(
            connection.channel().eventLoop(),
            () -> connection.close(CloseReason.UNAVAILABLE),
            TimeUnit.MILLISECONDS.toNanos(afterMillis));
  }
}
