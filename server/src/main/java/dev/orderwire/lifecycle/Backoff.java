package dev.orderwire.lifecycle;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/** The delays between attempts. They double up to a maximum. For one thread. */
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
  public void reset() {
    next = first;
  }

  public Duration next() {
    Duration now = next;
    next = now.multipliedBy(2).compareTo(max) < 0 ? now.multipliedBy(2) : max;
    return now;
  }

  /**
   * As {@link #next}, without a random part of up to a half, so that many clients of one server do
   * not return all at once.
   */
  public Duration nextWithJitter() {
    long upper = next().toMillis();
    return Duration.ofMillis(ThreadLocalRandom.current().nextLong(upper / 2, upper + 1));
  }
}
