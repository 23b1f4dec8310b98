package dev.orderwire.upkeep;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/**
 * Keeps a table from being reset over and over: where a row cannot be written down by triggers that
 * fit (a document too large, say), each change of it leaves a marker. The first reset comes at
 * once, further ones with growing intervals, until there were none for a while. For one thread.
 */
final class ResetBackoff {
  private static final long FIRST = Duration.ofSeconds(1).toNanos();
  private static final long LONGEST = Duration.ofSeconds(10).toNanos();

  private record Interval(long since, long length) {}

  private final Map<String, Interval> intervals = new HashMap<>();

  /** Whether the table may be reset now. */
  boolean allows(String table, long now) {
    Interval interval = intervals.get(table);
    return interval == null || now - interval.since() >= interval.length();
  }

  /** The table was reset. */
  void after(String table, long now) {
    Interval before = intervals.get(table);
    long length =
        before == null || now - before.since() > 2 * LONGEST
            ? FIRST
            : Math.min(2 * before.length(), LONGEST);
    intervals.put(table, new Interval(now, length));
  }
}
