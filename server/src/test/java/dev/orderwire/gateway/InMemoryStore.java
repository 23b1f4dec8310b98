package dev.orderwire.gateway;

import dev.orderwire.change.Change;
import dev.orderwire.change.Ids;
import dev.orderwire.change.Key;
import dev.orderwire.change.Position;
import dev.orderwire.change.Row;
import dev.orderwire.change.Table;
import dev.orderwire.feed.Backlog;
import dev.orderwire.feed.Prefilter;
import dev.orderwire.feed.SnapshotReader;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** A change log and the rows of its tables, in memory. The columns of keys are numbers. */
final class InMemoryStore implements Backlog, SnapshotReader {
  private static final Comparator<Key> BY_NUMBERS = InMemoryStore::compare;

  private final TreeMap<Long, Change> log = new TreeMap<>();
  private final Map<String, TreeMap<Key, Row>> rows = new HashMap<>();

  /** Holds up all calls while a test has it. */
  final Semaphore reads = new Semaphore(1);

  /** How many reads of rows have begun. */
  final AtomicInteger rowReads = new AtomicInteger();

  private static int compare(Key one, Key other) {
    List<BigDecimal> numbers = numbers(one);
    List<BigDecimal> others = numbers(other);
    for (int i = 0; i < numbers.size(); i++) {
      int compared = numbers.get(i).compareTo(others.get(i));
      if (compared != 0) {
        return compared;
      }
    }
    return 0;
  }

  private static List<BigDecimal> numbers(Key key) {
    List<BigDecimal> numbers = new ArrayList<>();
    key.columns().forEach((_, value) -> numbers.add(new BigDecimal(value)));
    return numbers;
  }

  /** Makes changes visible, all at once. */
  synchronized void commit(List<Change> changes) {
    for (Change change : changes) {
      log.put(change.id(), change);
      TreeMap<Key, Row> table =
          rows.computeIfAbsent(change.table(), _ -> new TreeMap<>(BY_NUMBERS));
      if (change.after() == null) {
        table.remove(change.key());
      } else {
        table.put(change.key(), change.after());
      }
    }
  }

  /** The ids of all changes. */
  synchronized List<Long> ids() {
    return List.copyOf(log.keySet());
  }

  private void await() {
    reads.acquireUninterruptibly();
    reads.release();
  }

  @Override
  public Page page(Ids ids, String table, long afterId, int maxChanges, long maxBytes) {
    await();
    return found(ids, table, afterId, maxChanges, maxBytes);
  }

  private synchronized Page found(
      Ids ids, String table, long afterId, int maxChanges, long maxBytes) {
    List<Change> page = new ArrayList<>();
    long size = 0;
    for (Change change : log.tailMap(afterId, false).values()) {
      if (page.size() == maxChanges || size >= maxBytes) {
        break;
      }
      if (change.table().equals(table) && ids.contains(change.id())) {
        page.add(change);
        size += sizeOf(change.before()) + sizeOf(change.after());
      }
    }
    return new Page.Changes(page);
  }

  private static long sizeOf(@Nullable Row row) {
    return row == null ? 0 : row.length();
  }

  @Override
  public Position now(Position known) {
    await();
    return visible(known);
  }

  private synchronized Position visible(Position known) {
    long[] ids =
        log.keySet().stream().filter(id -> !known.covers(id)).mapToLong(Long::longValue).toArray();
    return known.with(Ids.of(ids));
  }

  @Override
  public synchronized long newestId() {
    return log.isEmpty() ? 0 : log.lastKey();
  }

  @Override
  public void read(
      Table table,
      Prefilter prefilter,
      @Nullable Key after,
      Position known,
      int pageRows,
      Rows to) {
    rowReads.incrementAndGet();
    await();
    Position position;
    List<Row> snapshot;
    synchronized (this) {
      position = visible(known);
      TreeMap<Key, Row> all = rows.getOrDefault(table.name(), new TreeMap<>(BY_NUMBERS));
      snapshot = List.copyOf((after == null ? all : all.tailMap(after, false)).values());
    }
    to.begin(position);
    for (Row row : snapshot) {
      if (!to.row(row)) {
        return;
      }
    }
  }
}
