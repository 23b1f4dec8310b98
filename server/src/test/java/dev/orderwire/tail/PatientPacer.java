package dev.orderwire.tail;

import java.time.Duration;

/**
 * Where the tail would wait for the bell and, now and then, read without, it waits for the bell
 * alone: what is read then was rung.
 */
public final class PatientPacer extends ReadPacer {
  private static final long LONG = Duration.ofMillis(500).toNanos();

  private volatile boolean waits;

  /** Whether the last read was followed by such a rest. */
  public boolean waits() {
    return waits;
  }

  @Override
  long unrung() {
    long rest = super.unrung();
    waits = rest >= LONG;
    return waits ? Duration.ofHours(1).toNanos() : rest;
  }
}
