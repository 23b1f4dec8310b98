package dev.orderwire.gateway.fanout;

/** Takes over subscriptions that the feed can no longer serve. Called on the event loop. */
public interface Fallback {
  /** The feed no longer reaches back to the subscription's cursor. */
  void behind(Subscription subscription);

  /** The subscription's table must be read again. */
  void reset(Subscription subscription);

  /** The moment at the subscription's cursor changes what its client may see. */
  void moved(Subscription subscription);
}
