package dev.orderwire.gateway.fanout;

import dev.orderwire.change.OrderwireException;

/** Tells a client the outcome of its request to subscribe. Called on the event loop. */
@FunctionalInterface
public interface Opening {
  /** The subscription is accepted; its {@code subscribed} follows at once. */
  default void opened() {}

  /** The subscription was refused. */
  void refused(OrderwireException cause);
}
