package dev.orderwire.gateway.http;

/**
 * Whether the server sends its clients away, and whether a load balancer would notice. Safe for any
 * number of threads.
 */
public final class Draining {
  private volatile boolean begun;
  private volatile boolean watched;

  /** From now on, the server is not ready, and HTTP connections close after their answer. */
  public void begin() {
    begun = true;
  }

  boolean hasBegun() {
    return begun;
  }

  /** Somebody asks whether the server is ready. */
  void watched() {
    watched = true;
  }

  /** Whether anybody has asked whether the server is ready. */
  public boolean isWatched() {
    return watched;
  }
}
