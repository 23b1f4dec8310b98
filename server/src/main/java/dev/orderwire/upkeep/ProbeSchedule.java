package dev.orderwire.upkeep;

import dev.orderwire.tail.doorbell.Doorbell;
import java.time.Duration;

/**
 * Decides when {@link Reconciler} runs its next {@link SchemaProbe}. A probe costs MySQL time,
 * which delays the changes that are written or delivered meanwhile. With a doorbell, few probes are
 * needed while nothing rings: changes of tables and triggers ring. Those that MySQL keeps from its
 * binlog do not, and are found by the regular probes. For one thread.
 */
final class ProbeSchedule {
  /** Short enough to repair triggers within a second after a schema change that did not ring. */
  private static final long INTERVAL_WITHOUT_RING = Duration.ofMillis(800).toNanos();

  /**
   * Long enough to keep probes few if it rings all the time, and short enough to repair triggers
   * within a second.
   */
  private static final long INTERVAL_AFTER_RING = Duration.ofMillis(500).toNanos();

  private final Doorbell doorbell;
  private boolean begun;
  private long last;
  private long ringsSeen;

  /** Whether it had rung before the last probe. */
  private boolean rangBeforeLast;

  ProbeSchedule(Doorbell doorbell) {
    this.doorbell = doorbell;
  }

  /**
   * Whether to run a probe now; if so, it counts as run. Call it several times a second.
   *
   * @param now by {@link System#nanoTime}
   */
  boolean isDue(long now) {
    long rings = doorbell.rings();
    boolean rang = rings != ringsSeen;
    // A statement rings before it is done, so the first probe after a ring may be too early.
    long interval = rang || rangBeforeLast ? INTERVAL_AFTER_RING : INTERVAL_WITHOUT_RING;
    boolean due = !doorbell.isLive() || !begun || now - last >= interval;
    if (due) {
      begun = true;
      last = now;
      ringsSeen = rings;
      rangBeforeLast = rang;
    }
    return due;
  }
}
