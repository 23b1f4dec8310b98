package dev.orderwire.gateway.fanout;

import dev.orderwire.gateway.protocol.CloseReason;
import io.netty.channel.EventLoop;
import java.util.ArrayDeque;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The connections of one event loop that have become writable. A separate task serves them. A
 * connection that is added during that task is served by the next one. For the event loop.
 */
final class WritableQueue {
  private static final Logger LOG = LoggerFactory.getLogger(WritableQueue.class);

  private final EventLoop loop;
  private final Consumer<Connection> serve;
  private final ArrayDeque<Connection> waiting = new ArrayDeque<>();
  private boolean scheduled;

  WritableQueue(EventLoop loop, Consumer<Connection> serve) {
    this.loop = loop;
    this.serve = serve;
  }

  void add(Connection connection) {
    waiting.add(connection);
    if (!scheduled) {
      scheduled = true;
      loop.execute(this::serveWaiting);
    }
  }

  private void serveWaiting() {
    scheduled = false;
    for (int left = waiting.size(); left > 0; left--) {
      Connection connection = waiting.remove();
      try {
        serve.accept(connection);
      } catch (RuntimeException | OutOfMemoryError e) {
        LOG.error("Delivery failed; closing the connection", e);
        connection.close(CloseReason.INTERNAL_ERROR);
      }
    }
  }
}
