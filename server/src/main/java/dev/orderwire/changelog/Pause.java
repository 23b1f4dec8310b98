package dev.orderwire.changelog;

import java.time.Duration;

/**
 * How long the tail rests after a read, in nanoseconds.
 *
 * <p>Without a doorbell: little while changes flow, more the longer nothing came. With one: until
 * it rings. But it rings before what was committed can be read: by moments mostly, and by longer
 * where MySQL first waits for a replica's word. So further reads follow a ring, at growing
 * distances, up to one that also finds in time what did not ring.
 *
 * <p>A read that took long (many gaps, a slow network) is followed by a rest as long, so that the
 * tail never takes more than half of a connection's time. The numbers are measured:
 * docs/performance.md.
 */
class Pause {
  private static final long BUSY = Duration.ofMillis(2).toNanos();
  private static final long CALM = Duration.ofMillis(5).toNanos();
  private static final long IDLE = Duration.ofMillis(20).toNanos();
  private static final long CALM_AFTER = Duration.ofMillis(500).toNanos();
  private static final long IDLE_AFTER = Duration.ofSeconds(5).toNanos();
  private static final long LONGEST = Duration.ofMillis(100).toNanos();
  private static final long LONGEST_UNRUNG = Duration.ofSeconds(1).toNanos();

  private boolean begun;
  private long took;
  private long quiet;
  private long lastSign;

  /**
   * A read has ended.
   *
   * @param began when it began, by {@link System#nanoTime}
   * @param ended when it ended
   * @param sign whether it brought something, or was made because the bell rang
   */
  void after(long began, long ended, boolean sign) {
    if (sign || !begun) {
      begun = true;
      lastSign = ended;
    }
    took = ended - began;
    quiet = ended - lastSign;
  }

  /** The rest that is kept although the bell rings: other tables' commits ring too. */
  long shortest() {
    return Math.clamp(took, BUSY, LONGEST);
  }

  /** The rest without a bell. */
  long byTheClock() {
    long rest = quiet < CALM_AFTER ? BUSY : quiet < IDLE_AFTER ? CALM : IDLE;
    return Math.clamp(took, rest, LONGEST);
  }

  /** The rest while a bell does not ring. */
  long unrung() {
    return Math.max(shortest(), Math.min(quiet, LONGEST_UNRUNG));
  }
}
