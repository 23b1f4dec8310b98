package dev.orderwire.changelog;

import java.time.Duration;

/**
 * How long the tail rests between two reads: little while changes flow, more the longer nothing
 * came. A read that took long (many gaps, a slow network) is followed by a rest as long, so that
 * the tail never takes more than half of a connection's time. The numbers are measured:
 * docs/performance.md.
 */
final class Pause {
  private static final long BUSY = Duration.ofMillis(2).toNanos();
  private static final long CALM = Duration.ofMillis(5).toNanos();
  private static final long IDLE = Duration.ofMillis(20).toNanos();
  private static final long CALM_AFTER = Duration.ofMillis(500).toNanos();
  private static final long IDLE_AFTER = Duration.ofSeconds(5).toNanos();
  private static final long LONGEST = Duration.ofMillis(100).toNanos();

  private long lastNews;

  /**
   * The rest after a read.
   *
   * @param began when the read began, by {@link System#nanoTime}
   * @param ended when it ended
   * @param news whether it brought something
   * @return nanoseconds
   */
  long after(long began, long ended, boolean news) {
    if (news || lastNews == 0) {
      lastNews = ended;
    }
    long quiet = ended - lastNews;
    long rest = quiet < CALM_AFTER ? BUSY : quiet < IDLE_AFTER ? CALM : IDLE;
    return Math.clamp(ended - began, rest, LONGEST);
  }
}
