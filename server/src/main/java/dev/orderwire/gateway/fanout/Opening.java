package dev.orderwire.gateway.fanout;

import dev.orderwire.change.OrderwireException;

/** How a client is told that its subscription stands, or why not. Called on the event loop. */
@FunctionalInterface
public interface Opening {
  /** {@code subscribed} follows at once. */
  default void opened() {}

  /** The subscription has ended before it began. */
  void refused(OrderwireException cause);
}
