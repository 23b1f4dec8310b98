package dev.orderwire.tail.gaps;

import dev.orderwire.change.Ids;
import dev.orderwire.changelog.ChangeLogTable;
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
 * Looks for changes whose gap was declared dead by mistake. A gap's death is proven, but a proof
 * can be wrong: such a change is delivered late rather than never, and logged as an error. Only the
 * newest dead ids are kept; each look checks some of them, in turn.
 */
public final class DeadGapSweep {
  static final int RANGES = 10_000;
  private static final int RANGES_PER_LOOK = 2_000;
  private static final long INTERVAL = Duration.ofSeconds(1).toNanos();
  private static final long KEPT = Duration.ofMinutes(10).toNanos();

  private static final Logger log = LoggerFactory.getLogger(DeadGapSweep.class);

  private record DeadRange(Ids.Range ids, long since) {}

  /** By a number that rises in the order of their deaths. */
  private final NavigableMap<Long, DeadRange> dead = new TreeMap<>();

  private final LongAdder found = new LongAdder();
  private long lastNumber;
  private long lastChecked;
  private long lastLook;

  /**
   * Adds ids that were declared dead.
   *
   * @param now by {@link System#nanoTime}, as for {@link #find}
   */
  public void add(Ids ids, long now) {
    ids.ranges().forEach(range -> put(new DeadRange(range, now)));
    while (!dead.isEmpty()
        && (dead.size() > RANGES || now - dead.firstEntry().getValue().since() > KEPT)) {
      dead.pollFirstEntry();
    }
  }

  private void put(DeadRange range) {
    dead.put(++lastNumber, range);
  }

  /**
   * Returns the ids that are visible after all, and removes them. Returns none if the last look is
   * too recent.
   *
   * @param epoch of the ids: another log has other changes under them
   */
  public Ids find(Connection session, String epoch, long now) throws SQLException {
    if (dead.isEmpty() || now - lastLook < INTERVAL) {
      return Ids.NONE;
    }
    lastLook = now;
    Map<Long, DeadRange> next = next();
    Ids alive = LoggedIds.firstCommitted(session, idsOf(next));
    if (!alive.isEmpty()) {
      if (!ChangeLogTable.epoch(session).equals(epoch)) {
        return Ids.NONE;
      }
      log.error(
          "Found changes {} after their gap was declared dead. They are delivered late; a client that resumes from a position in between misses them. Please report this, with the output of `orderwire doctor`",
          alive.ranges());
      found.add(alive.size());
      next.forEach((number, range) -> remove(number, range, alive));
    }
    return alive;
  }

  /** The next ranges in turn; after the newest it starts again with the oldest. */
  private Map<Long, DeadRange> next() {
    Map<Long, DeadRange> next = new TreeMap<>();
    for (Map.Entry<Long, DeadRange> entry : dead.tailMap(lastChecked, false).entrySet()) {
      if (next.size() == RANGES_PER_LOOK) {
        return next;
      }
      next.put(entry.getKey(), entry.getValue());
      lastChecked = entry.getKey();
    }
    lastChecked = 0;
    return next;
  }

  private static Ids idsOf(Map<Long, DeadRange> dead) {
    List<Ids.Range> ranges = new ArrayList<>();
    dead.values().forEach(range -> ranges.add(range.ids()));
    ranges.sort((one, other) -> Long.compare(one.first(), other.first()));
    Ids.Builder ids = new Ids.Builder();
    ranges.forEach(range -> ids.add(range.first(), range.last()));
    return ids.build();
  }

  private void remove(long number, DeadRange range, Ids alive) {
    Ids all = new Ids(List.of(range.ids()));
    Ids left = all.without(alive);
    if (!left.equals(all)) {
      dead.remove(number);
      left.ranges().forEach(ids -> put(new DeadRange(ids, range.since())));
    }
  }

  /** Forgets all ids: they belonged to another change log. */
  public void clear() {
    dead.clear();
    lastChecked = 0;
  }

  /** How many changes were found. */
  public long found() {
    return found.sum();
  }
}
