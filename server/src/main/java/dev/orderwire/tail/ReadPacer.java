package dev.orderwire.tail;

import java.time.Duration;

/**
 * How long the tail rests after a read, in nanoseconds.
 *
 * <p>Without a doorbell: little while changes flow, more the longer nothing came. With one: until
 * it rings. But it rings before what was committed can be read: by moments mostly, and by longer
 * where MySQL first waits for a replica's word. So further reads follow a ring, at growing
 * distances, up to one that also finds in time what did not ring: the first ones at once where the
 * ring has brought nothing yet, and later and fewer where it has, as each of them may be what the
 * next ring finds in its way. And it rings for tables that nobody watches: where that goes on,
 * reads are no more frequent than without a bell.
 *
 * <p>A read that took long (many gaps, a slow network) is followed by a rest as long, so that the
 * tail never takes more than half of a connection's time; only the first one after a ring that came
 * too early is not, if it was short. The numbers are measured: docs/performance.md.
 */
public class ReadPacer {
  private static final long BUSY = Duration.ofMillis(2).toNanos();
  private static final long CALM = Duration.ofMillis(5).toNanos();
  private static final long IDLE = Duration.ofMillis(20).toNanos();
  private static final long CALM_AFTER = Duration.ofMillis(500).toNanos();
  private static final long IDLE_AFTER = Duration.ofSeconds(5).toNanos();
  private static final long LONGEST = Duration.ofMillis(100).toNanos();
  private static final long LONGEST_UNRUNG = Duration.ofSeconds(1).toNanos();

  /** How much further away each read is than the one before, where a ring has brought something. */
  private static final long GROWTH_ONCE_ANSWERED = 9;

  /** A read that took no longer is repeated at once where it came too early after a ring. */
  private static final long SHORT = Duration.ofMillis(5).toNanos();

  /** How many reads a ring may bring ahead of the clock, so that what it tells of is found. */
  private static final double MOST_AHEAD = 8;

  private boolean begun;
  private long took;
  private long ended;
  private long lastNews;
  private long lastSign;
  private boolean answered;
  private boolean tooEarly;

  /** How many reads fewer there were than the clock alone would have made. */
  private double ahead = MOST_AHEAD;

  /**
   * A read has ended.
   *
   * @param began when it began, by {@link System#nanoTime}
   * @param end when it ended
   * @param news whether it brought something
   * @param rung whether the bell had rung since the read before it
   */
  final void after(long began, long end, boolean news, boolean rung) {
    long sinceLast = begun ? end - ended : 0;
    took = end - began;
    ended = end;
    if (news || !begun) {
      lastNews = end;
    }
    if (news || rung || !begun) {
      lastSign = end;
    }
    answered = news || (answered && !rung);
    tooEarly = rung && !news;
    begun = true;
    ahead = Math.min(MOST_AHEAD, ahead + (double) sinceLast / (byTheClock() + took)) - 1;
  }

  /** The rest without a bell. */
  final long byTheClock() {
    long quiet = ended - lastNews;
    long rest = quiet < CALM_AFTER ? BUSY : quiet < IDLE_AFTER ? CALM : IDLE;
    return Math.clamp(took, rest, LONGEST);
  }

  /** The rest where the bell has rung. */
  final long rung() {
    return ahead >= 0 ? Math.min(took, LONGEST) : byTheClock();
  }

  /** The rest while the bell does not ring. */
  long unrung() {
    if (tooEarly && took <= SHORT && ahead >= 0) {
      return 0;
    }
    long quiet = ended - lastSign;
    long rest = answered ? Math.max(BUSY, GROWTH_ONCE_ANSWERED * quiet) : quiet;
    return Math.max(rung(), Math.min(rest, LONGEST_UNRUNG));
  }
}
