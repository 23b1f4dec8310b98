package dev.orderwire.tail.gaps;

import dev.orderwire.change.Ids;
import dev.orderwire.changelog.LoggedIds;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * ProbeSchedule now and then for ids that were called dead, and should not be. A gap's death is
 * proven, and a proof can have an error: what turns up after all is delivered late rather than
 * never, and said aloud. It keeps the newest deaths alone, and looks for some of them at a time, in
 * turn.
 */
public final class DeadGapSweep {
  static final int RANGES = 10_000;
  private static final int AT_ONCE = 2_000;
  private static final long EVERY = Duration.ofSeconds(1).toNanos();
  private static final long KEPT = Duration.ofMinutes(10).toNanos();

  private static final Logger log = LoggerFactory.getLogger(DeadGapSweep.class);

  private record Death(Ids.Range ids, long at) {}

  /** By the order of dying. */
  private final NavigableMap<Long, Death> deaths = new TreeMap<>();

  private final LongAdder found = new LongAdder();
  private long deathsSoFar;
  private long lastLookedFor;
  private long lastLook;

  /**
   * @param now by {@link System#nanoTime}, as in all that follows
   */
  public void remember(Ids dead, long now) {
    dead.ranges().forEach(range -> add(new Death(range, now)));
    while (!deaths.isEmpty()
        && (deaths.size() > RANGES || now - deaths.firstEntry().getValue().at() > KEPT)) {
      deaths.pollFirstEntry();
    }
  }

  private void add(Death death) {
    deaths.put(++deathsSoFar, death);
  }

  /** Those that are visible, which are no longer looked for; none where it is not time to look. */
  public Ids look(Connection session, long now) throws SQLException {
    if (deaths.isEmpty() || now - lastLook < EVERY) {
      return Ids.NONE;
    }
    lastLook = now;
    Map<Long, Death> next = next();
    Ids alive = LoggedIds.firstCommitted(session, idsOf(next));
    if (!alive.isEmpty()) {
      log.error(
          "changes {} turned up, though it was proven that nobody could make them visible any more; they are delivered late, and whoever resumes from a position of the meantime misses them. Please report this, with the output of `orderwire doctor`",
          alive.ranges());
      found.add(alive.size());
      next.forEach((number, death) -> replace(number, death, alive));
    }
    return alive;
  }

  /** The next ones in turn; from the oldest on again where the newest has been looked for. */
  private Map<Long, Death> next() {
    Map<Long, Death> next = new TreeMap<>();
    for (Map.Entry<Long, Death> entry : deaths.tailMap(lastLookedFor, false).entrySet()) {
      if (next.size() == AT_ONCE) {
        return next;
      }
      next.put(entry.getKey(), entry.getValue());
      lastLookedFor = entry.getKey();
    }
    lastLookedFor = 0;
    return next;
  }

  private static Ids idsOf(Map<Long, Death> deaths) {
    List<Ids.Range> ranges = new ArrayList<>();
    deaths.values().forEach(death -> ranges.add(death.ids()));
    ranges.sort((one, other) -> Long.compare(one.first(), other.first()));
    Ids.Builder ids = new Ids.Builder();
    ranges.forEach(range -> ids.add(range.first(), range.last()));
    return ids.build();
  }

  private void replace(long number, Death death, Ids alive) {
    Ids all = new Ids(List.of(death.ids()));
    Ids left = all.without(alive);
    if (!left.equals(all)) {
      deaths.remove(number);
      left.ranges().forEach(range -> add(new Death(range, death.at())));
    }
  }

  /** ProbeSchedule for none of them any more: they were of another change log. */
  public void forget() {
    deaths.clear();
    lastLookedFor = 0;
  }

  /** How many were found. */
  public long found() {
    return found.sum();
  }
}
