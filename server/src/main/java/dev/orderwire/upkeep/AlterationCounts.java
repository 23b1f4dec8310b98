package dev.orderwire.upkeep;

import dev.orderwire.mysql.DdlCounts;
import java.util.Optional;

/**
 * Tells from MySQL's counts of statements what may have been done to the watched tables since the
 * last repair. For one thread.
 */
final class AlterationCounts {
  /**
   * What the counts say.
   *
   * @param atMostOne whether at most one statement has altered tables
   * @param mayBeHidden whether a watched table may have been emptied or altered so that only its
   *     InnoDB id shows it
   */
  record Alterations(boolean atMostOne, boolean mayBeHidden) {}

  private record Repaired(String schema, DdlCounts counts) {}

  /** The last repair whose probe saw all tables. */
  private Optional<Repaired> last = Optional.empty();

  /** Call this for a new session: its probes cannot be compared with those before. */
  void forget() {
    last = Optional.empty();
  }

  /**
   * Compares with the last repair.
   *
   * @param now read after the probe
   */
  Alterations since(SchemaProbe.Result seen, DdlCounts now) {
    if (last.isEmpty()) {
      return new Alterations(false, false);
    }
    DdlCounts before = last.get().counts();
    // A TRUNCATE shows in the probe, but an IMPORT TABLESPACE does not.
    boolean truncated =
        now.truncates() != before.truncates() && !seen.schema().equals(last.get().schema());
    boolean altered = now.alters() != before.alters();
    return new Alterations(
        now.alteredSince(before) <= 1, seen.isComplete() && (truncated || altered));
  }

  /**
   * Takes note of a repair.
   *
   * @param counts as they were before the probe
   */
  void repaired(SchemaProbe.Result seen, DdlCounts counts) {
    if (seen.isComplete()) {
      last = Optional.of(new Repaired(seen.schema(), counts));
    }
  }
}
