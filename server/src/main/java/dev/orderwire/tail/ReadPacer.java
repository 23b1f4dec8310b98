package dev.orderwire.tail;

import java.time.Duration;

/**
 * Decides how long the tail waits after a read. All times are in nanoseconds.
 *
 * <p>Without a doorbell the tail polls: at short intervals while changes flow, at longer ones the
 * longer none came.
 *
 * <p>With a doorbell it waits for a ring. But a ring comes before the commit can be read: usually
 * by a moment, and by longer if MySQL first waits for a replica. So further reads follow each ring,
 * at growing intervals of up to a second, which also finds changes that did not ring. Until a read
 * finds something, the first of them follow at once; after that they are later and fewer, since
 * each may delay the read for the next ring. The doorbell also rings for tables that nobody
 * watches: if such rings go on, reads are no more frequent than with polling.
 *
 * <p>A slow read (many gaps, a slow network) is followed by a wait of the same length, so that the
 * tail takes at most half of a connection's time. The only exception is the first read after a ring
 * that came too early: if that read was short, the next one follows at once.
 */
class ReadPacer {
  private static final long BUSY = Duration.ofMillis(2).toNanos();
  private static final long QUIET = Duration.ofMillis(5).toNanos();
  private static final long IDLE = Duration.ofMillis(20).toNanos();
  private static final long QUIET_AFTER = Duration.ofMillis(500).toNanos();
  private static final long IDLE_AFTER = Duration.ofSeconds(5).toNanos();
  private static final long MAX_WAIT = Duration.ofMillis(100).toNanos();
  private static final long MAX_WITHOUT_RING = Duration.ofSeconds(1).toNanos();

  /** Once a ring's changes were found, each wait is this many times the time since then. */
  private static final long GROWTH_ONCE_FOUND = 9;

  /** A read that took no longer is repeated at once if its ring came too early. */
  private static final long SHORT_READ = Duration.ofMillis(5).toNanos();

  private static final double MAX_BUDGET = 8;

  private boolean begun;
  private long took;
  private long ended;
  private long lastFound;
  private long lastSign;
  private boolean foundSinceRing;
  private boolean rangTooEarly;

  /**
   * How many reads rings may still cause beyond polling: each read costs one, and time brings back
   * as many as polling would have made.
   */
  private double budget = MAX_BUDGET;

  /**
   * Takes note of a read.
   *
   * @param began when it began, by {@link System#nanoTime}
   * @param end when it ended
   * @param found whether it found anything new
   * @param rang whether the doorbell rang since the previous read
   */
  final void afterRead(long began, long end, boolean found, boolean rang) {
    long sinceLast = begun ? end - ended : 0;
    took = end - began;
    ended = end;
    if (found || !begun) {
      lastFound = end;
    }
    if (found || rang || !begun) {
      lastSign = end;
    }
    foundSinceRing = found || (foundSinceRing && !rang);
    rangTooEarly = rang && !found;
    begun = true;
    budget = Math.min(MAX_BUDGET, budget + (double) sinceLast / (pollWait() + took)) - 1;
  }

  /** The wait without a doorbell. */
  final long pollWait() {
    long quiet = ended - lastFound;
    long wait = quiet < QUIET_AFTER ? BUSY : quiet < IDLE_AFTER ? QUIET : IDLE;
    return Math.clamp(took, wait, MAX_WAIT);
  }

  /** The wait after the doorbell has rung. */
  final long waitAfterRing() {
    return budget >= 0 ? Math.min(took, MAX_WAIT) : pollWait();
  }

  /** The wait while the doorbell does not ring. */
  long waitWithoutRing() {
    if (rangTooEarly && took <= SHORT_READ && budget >= 0) {
      return 0;
    }
    long quiet = ended - lastSign;
    long wait = foundSinceRing ? Math.max(BUSY, GROWTH_ONCE_FOUND * quiet) : quiet;
    return Math.max(waitAfterRing(), Math.min(wait, MAX_WITHOUT_RING));
  }
}
