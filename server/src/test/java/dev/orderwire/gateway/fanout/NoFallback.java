package dev.orderwire.gateway.fanout;

/** Fails the test if the feed cannot serve a subscription. */
public final class NoFallback implements Fallback {
  @Override
  public void behind(Subscription subscription) {
    throw new IllegalStateException(subscription.view() + " is behind the feed");
  }

  @Override
  public void reset(Subscription subscription) {
    throw new IllegalStateException(subscription.view() + " was reset");
  }

  @Override
  public void moved(Subscription subscription) {
    throw new IllegalStateException(subscription.view() + " was moved");
  }
}
