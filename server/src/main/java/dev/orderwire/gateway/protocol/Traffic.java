package dev.orderwire.gateway.protocol;

import dev.orderwire.change.ErrorCode;
import java.time.Instant;

/** What the gateway tells of its work, for metrics. Called from many threads; must not block. */
public interface Traffic {
  void connected(Transport transport);

  void disconnected(Transport transport);

  /** A subscription was answered. */
  void subscribed();

  /** A subscription that was answered has ended. */
  void unsubscribed();

  /** So many changes were handed to clients, a change counted once for each. */
  void delivered(long changes);

  /** So many bytes were handed to the sockets. */
  void sent(long bytes);

  /** A change that was new was written to the clients of an event loop. */
  void written(Instant at);

  /** A client was too far behind for the feed, or asked for what is no longer in it. */
  void replayed();

  /** A client was given the rows of a table. */
  void snapshot();

  /** The rows of a view were asked for in MySQL, for all who want them. */
  void snapshotRead();

  /** The server has ended a connection. */
  void closed(CloseReason reason);

  /** A client was answered an error. */
  void refused(ErrorCode code);
}
