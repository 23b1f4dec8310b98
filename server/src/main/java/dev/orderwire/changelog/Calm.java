package dev.orderwire.changelog;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/**
 * Keeps a table from being reset over and over: where a row cannot be written down by triggers that
 * fit (a document too large, say), each change of it leaves a marker. The first reset comes at
 * once, further ones with growing pauses, until there were none for a while. For one thread.
 */
final class Calm {
  private static final long FIRST = Duration.ofSeconds(1).toNanos();
  private static final long LONGEST = Duration.ofSeconds(10).toNanos();

  private record Pause(long since, long length) {}

  private final Map<String, Pause> pauses = new HashMap<>();

  /** Whether the table may be reset now. */
  boolean allows(String table, long now) {
    Pause pause = pauses.get(table);
    return pause == null || now - pause.since() >= pause.length();
  }

  /** The table was reset. */
  void after(String table, long now) {
    Pause before = pauses.get(table);
    long length =
        before == null || now - before.since() > 2 * LONGEST
            ? FIRST
            : Math.min(2 * before.length(), LONGEST);
    pauses.put(table, new Pause(now, length));
  }
}
