package dev.orderwire.upkeep;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/**
 * Limits how often a table is reset. If triggers that fit cannot log a row (since it is too large,
 * for example), each change of it leaves a marker. The first reset comes at once, further ones at
 * growing intervals, until there was none for a while. For one thread.
 */
final class ResetBackoff {
  private static final long FIRST_INTERVAL = Duration.ofSeconds(1).toNanos();
  private static final long MAX_INTERVAL = Duration.ofSeconds(10).toNanos();

  private record Interval(long since, long length) {}

  private final Map<String, Interval> intervals = new HashMap<>();

  /** Whether the table may be reset now. */
  boolean allows(String table, long now) {
    Interval interval = intervals.get(table);
    return interval == null || now - interval.since() >= interval.length();
  }

  /** Takes note of a reset. */
  void recordReset(String table, long now) {
    Interval before = intervals.get(table);
    long length =
        before == null || now - before.since() > 2 * MAX_INTERVAL
            ? FIRST_INTERVAL
            : Math.min(2 * before.length(), MAX_INTERVAL);
    intervals.put(table, new Interval(now, length));
  }
}
