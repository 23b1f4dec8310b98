package dev.orderwire.tail;

import java.time.Duration;

/**
 * Lets the tail read only after a ring, once {@link ReadPacer}'s waits between further reads are
 * long: changes that arrive then were announced by the doorbell.
 */
public final class RingOnlyPacer extends ReadPacer {
  private static final long LONG = Duration.ofMillis(500).toNanos();

  private volatile boolean waits;

  /** Whether the tail now waits for a ring only. */
  public boolean waits() {
    return waits;
  }

  @Override
  long waitWithoutRing() {
    long wait = super.waitWithoutRing();
    waits = wait >= LONG;
    return waits ? Duration.ofHours(1).toNanos() : wait;
  }
}
