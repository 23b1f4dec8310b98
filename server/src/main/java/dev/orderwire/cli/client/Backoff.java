package dev.orderwire.cli.client;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/**
 * The delays between attempts to connect. They double up to a maximum, and a random part of up to a
 * half is left out, so that clients of the same server do not reconnect all at once. For one
 * thread.
 */
public final class Backoff {
  private final Duration first;
  private final Duration max;
  private Duration next;

  public Backoff(Duration first, Duration max) {
    this.first = first;
    this.max = max;
    this.next = first;
  }

  /** Returns to the shortest delay, after a success. */
  void reset() {
    next = first;
  }

  Duration next() {
    long upper = next.toMillis();
    next = next.multipliedBy(2).compareTo(max) < 0 ? next.multipliedBy(2) : max;
    return Duration.ofMillis(ThreadLocalRandom.current().nextLong(upper / 2, upper + 1));
  }
}
