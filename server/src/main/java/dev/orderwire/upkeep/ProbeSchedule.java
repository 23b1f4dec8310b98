package dev.orderwire.upkeep;

import dev.orderwire.tail.doorbell.Doorbell;
import java.time.Duration;

/**
 * Whether {@link Reconciler} is to look again. A look costs MySQL something, and whoever writes or
 * waits for a change just then waits for it. With a doorbell it need not look where nothing rang:
 * whatever is done to tables and triggers rings, but for what MySQL keeps from its binlog, and for
 * that it looks often enough all the same. For one thread.
 */
final class ProbeSchedule {
  /** Triggers are repaired within a second, also where what they no longer fit did not ring. */
  private static final long AT_LEAST_EVERY = Duration.ofMillis(800).toNanos();

  /** So that what rings all the time brings few looks, and a repair is done within a second. */
  private static final long AT_MOST_EVERY = Duration.ofMillis(500).toNanos();

  private final Doorbell bell;
  private boolean begun;
  private long last;
  private long heard;

  /** Whether the last look was because of a ring. */
  private boolean rang;

  ProbeSchedule(Doorbell bell) {
    this.bell = bell;
  }

  /**
   * Asked several times a second; who is told yes looks.
   *
   * @param now by {@link System#nanoTime}
   */
  boolean areDue(long now) {
    long rings = bell.rings();
    boolean rung = rings != heard;
    // A statement rings before it is done, so that the first look may come too early.
    long every = rung || rang ? AT_MOST_EVERY : AT_LEAST_EVERY;
    boolean due = !bell.isLive() || !begun || now - last >= every;
    if (due) {
      begun = true;
      last = now;
      heard = rings;
      rang = rung;
    }
    return due;
  }
}
