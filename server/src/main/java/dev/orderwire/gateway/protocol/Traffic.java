package dev.orderwire.gateway.protocol;

import dev.orderwire.change.ErrorCode;
import java.time.Instant;

/**
 * Receives the gateway's numbers, for metrics, and its troubles, for {@code /health} and the log.
 * Called by many threads; must not block.
 */
public interface Traffic {
  void connected(Transport transport);

  void disconnected(Transport transport);

  /** A client was told {@code subscribed}. */
  void subscribed();

  /** Such a subscription has ended. */
  void unsubscribed();

  /** Changes were delivered: a change counts once for each client. */
  void delivered(long changes);

  /** Bytes were sent. */
  void sent(long bytes);

  /** A new change of this time was sent to the clients of an event loop. */
  void written(Instant at);

  /** A client needs changes that the feed no longer holds. */
  void replayed();

  /** A client gets the rows of its view. */
  void snapshot();

  /** The rows of a view are read from MySQL, once for all clients that wait for them. */
  void snapshotRead();

  /** The server closes a connection. */
  void closed(CloseReason reason);

  /** A client is refused what is over a limit. */
  void overLimit(Limit limit);

  /** A client gets an error. */
  void refused(ErrorCode code);

  /**
   * A resource refuses a client.
   *
   * @param cause with the way out, for the operator
   * @param asksAgain whether such clients ask again by themselves. If none does, it is over
   * @return whether this is news
   */
  boolean refuses(Use use, String cause, boolean asksAgain);

  /** A resource serves a client. */
  void serves(Use use);
}
