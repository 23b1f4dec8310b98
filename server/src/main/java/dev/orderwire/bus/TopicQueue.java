package dev.orderwire.bus;

import dev.orderwire.change.Change;
import dev.orderwire.change.Position;
import dev.orderwire.feed.MomentListener;
import dev.orderwire.feed.TableVersion;
import dev.orderwire.tail.LeadListener;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the tail of this process delivers while it leads, until it is written to the topics of the
 * tables. The tail never waits for that. What waits too long is dropped, and read from the change
 * log later. Safe for any number of threads.
 */
final class TopicQueue implements MomentListener, LeadListener {
  private static final int MOST_CHANGES = 20_000;
  private static final long MOST_SIZE = 32 << 20;

  /**
   * A step that waits.
   *
   * @param restart whether earlier steps say nothing about it: its position is a new beginning
   */
  record Step(
      List<Change> changes, List<TableVersion> resets, Position to, boolean restart, long since) {}

  /**
   * What waits, or must be read from the change log.
   *
   * @param end up to which the tail has delivered
   * @param tables the tables in their versions at the end
   * @param missing whether the steps are not all: the change log has the others
   */
  record Taken(List<Step> steps, Position end, List<TableVersion> tables, boolean missing) {}

  /** By name, the exported tables alone. Guarded by this, as all that follows. */
  private final Map<String, TableVersion> tables = new LinkedHashMap<>();

  private final List<Step> steps = new ArrayList<>();
  private int changes;
  private long size;
  private boolean missing;
  private long missingSince;

  /** The term to write in; 0 while another process leads. */
  private long term;

  private @Nullable Position from;
  private @Nullable Position last;

  /** When the oldest of what was taken last has arrived, until it is written; 0 if it is. */
  private long takenSince;

  TopicQueue(List<TableVersion> exported) {
    exported.forEach(each -> tables.put(each.table().name(), each));
  }

  List<String> tables() {
    return List.copyOf(tables.keySet());
  }

  /** A marker that the next reset of its table follows. On the tail's thread. */
  synchronized void marker(String table, long id) {
    tables.computeIfPresent(table, (_, known) -> known.withMarker(id));
  }

  @Override
  public synchronized void begins(long newTerm, Position newFrom) {
    term = newTerm;
    from = newFrom;
    last = newFrom;
    missing = false;
    takenSince = 0;
    clear();
    miss();
    notifyAll();
  }

  @Override
  public synchronized void ends() {
    term = 0;
    notifyAll();
  }

  private void clear() {
    steps.clear();
    changes = 0;
    size = 0;
  }

  private void miss() {
    long since = since();
    clear();
    missingSince = since == 0 ? System.nanoTime() : since;
    missing = true;
  }

  @Override
  public synchronized void onMoment(
      List<Change> moment,
      List<TableVersion> resets,
      Position position,
      boolean complete,
      Instant notBefore) {
    List<TableVersion> known = resets.stream().filter(each -> isExported(each)).toList();
    known.forEach(each -> tables.merge(each.table().name(), each, TableVersion::orNewer));
    last = position;
    if (term == 0 || missing) {
      return;
    }
    List<Change> exported =
        moment.stream().filter(change -> tables.containsKey(change.table())).toList();
    if (exported.isEmpty() && known.isEmpty()) {
      return;
    }
    for (Change each : exported) {
      size += each.before() == null ? 0 : each.before().length();
      size += each.after() == null ? 0 : each.after().length();
    }
    changes += exported.size();
    add(new Step(exported, known, position, false, System.nanoTime()));
    if (changes > MOST_CHANGES || size > MOST_SIZE) {
      miss();
    }
  }

  private boolean isExported(TableVersion version) {
    return tables.containsKey(version.table().name());
  }

  private void add(Step step) {
    steps.add(step);
    notifyAll();
  }

  @Override
  public synchronized void onRestart(Position position, List<TableVersion> versions) {
    List<TableVersion> known = versions.stream().filter(each -> isExported(each)).toList();
    known.forEach(each -> tables.put(each.table().name(), each));
    last = position;
    if (term > 0 && !missing) {
      clear();
      add(new Step(List.of(), known, position, true, System.nanoTime()));
    }
  }

  /** Waits until this process leads in another term than this. */
  synchronized long awaitLead(long other) throws InterruptedException {
    while (term == 0 || term == other) {
      wait();
    }
    return term;
  }

  synchronized boolean leads(long inTerm) {
    return term == inTerm;
  }

  /** What must be read from the change log is all after the position that was kept last. */
  synchronized Position startOver() {
    miss();
    takenSince = 0;
    if (from == null) {
      throw new IllegalStateException("no lead has begun");
    }
    return from;
  }

  /**
   * Takes what waits.
   *
   * @param millis how long to wait for something at most
   */
  synchronized Taken take(long inTerm, long millis) throws InterruptedException {
    long end = System.nanoTime() + millis * 1_000_000;
    takenSince = 0;
    long left = millis;
    while (steps.isEmpty() && !missing && term == inTerm && left > 0) {
      wait(left);
      left = (end - System.nanoTime()) / 1_000_000;
    }
    if (last == null) {
      throw new IllegalStateException("no lead has begun");
    }
    if (term != inTerm) {
      return new Taken(List.of(), last, List.of(), false);
    }
    Taken taken = new Taken(List.copyOf(steps), last, List.copyOf(tables.values()), missing);
    if (missing) {
      takenSince = missingSince;
    } else if (!steps.isEmpty()) {
      takenSince = steps.getFirst().since();
    }
    missing = false;
    clear();
    return taken;
  }

  /** Up to which the tail has delivered; null while another process leads. */
  synchronized @Nullable Position end() {
    return term == 0 ? null : last;
  }

  /** For how long the oldest change has waited that is not written; zero if all are. */
  synchronized Duration delay() {
    long since = since();
    return since == 0 || term == 0 ? Duration.ZERO : Duration.ofNanos(System.nanoTime() - since);
  }

  private long since() {
    if (takenSince != 0) {
      return takenSince;
    }
    if (missing) {
      return missingSince;
    }
    return steps.isEmpty() ? 0 : steps.getFirst().since();
  }
}
