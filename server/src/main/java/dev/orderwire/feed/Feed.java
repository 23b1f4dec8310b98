package dev.orderwire.feed;

import dev.orderwire.change.Change;
import dev.orderwire.change.Position;
import dev.orderwire.change.Row;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/**
 * The newest moments, bounded by the count and the size of their changes. A cursor is the sequence
 * of the next moment to read; cursors cost nothing, and nothing is kept for them. Safe for any
 * number of threads; only the tail appends.
 */
public final class Feed implements MomentListener {
  /** Where a reader stands: it has seen {@code position}, and reads on at {@code cursor}. */
  public record Place(long cursor, Position position) {}

  /** What a reader gets. */
  public sealed interface Reading {
    /** The moments from the cursor on; none where the reader has seen all. */
    record Moments(List<Moment> moments) implements Reading {
      public Moments {
        moments = List.copyOf(moments);
      }
    }

    /** The feed no longer reaches back to the cursor; the change log does. */
    record Trimmed() implements Reading {}
  }

  private final WatchedTables tables;
  private final int maxChanges;
  private final long maxBytes;
  private final List<Runnable> listeners = new CopyOnWriteArrayList<>();

  /** By sequence, modulo its length: whoever reads pays for what is read, wherever that lies. */
  private @Nullable Moment[] ring = new Moment[64];

  private long oldest;
  private long end;
  private long begun;
  private long changes;
  private long bytes;
  private Position start;
  private Position position;

  /**
   * @param start what counts as seen before the first moment
   * @param tables the catalog, updated before each moment becomes visible
   * @param maxChanges how many changes are kept at the most
   * @param maxBytes how many bytes of rows are kept at the most; the newest moment always stays
   */
  public Feed(Position start, WatchedTables tables, int maxChanges, long maxBytes) {
    this.tables = tables;
    this.start = start;
    this.position = start;
    this.maxChanges = maxChanges;
    this.maxBytes = maxBytes;
  }

  /**
   * Adds a moment, drops the oldest over the bounds, then tells the listeners, on this thread.
   *
   * @param resets the tables that must be read again; the catalog has their new shapes before a
   *     reader can see the moment
   */
  @Override
  public void onMoment(
      List<Change> newChanges, List<TableVersion> resets, Position after, boolean complete) {
    synchronized (this) {
      tables.reset(resets);
      Moment moment = new Moment(end, newChanges, resets, after, complete);
      add(moment);
      position = after;
      changes += newChanges.size();
      bytes += sizeOf(moment);
      while (end - oldest > 1 && (changes > maxChanges || bytes > maxBytes)) {
        Moment dropped = drop();
        start = dropped.position();
        changes -= dropped.changes().size();
        bytes -= sizeOf(dropped);
      }
    }
    listeners.forEach(Runnable::run);
  }

  /**
   * Begins anew at a position that the older ones say nothing of: the change log was replaced, or
   * parts of it are gone that nobody here has seen. No older cursor can be read from any more.
   */
  @Override
  public void onRestart(Position from, List<TableVersion> all) {
    synchronized (this) {
      tables.restart(all);
      while (oldest < end) {
        drop();
      }
      // The cursor of those who had seen all is an older one too.
      oldest++;
      end++;
      begun = end;
      changes = 0;
      bytes = 0;
      start = from;
      position = from;
    }
    listeners.forEach(Runnable::run);
  }

  /** Calls {@code listener} after each append, on the tail's thread: it must not block. */
  public void onAppend(Runnable listener) {
    listeners.add(listener);
  }

  /** The newest place: who begins here misses nothing that comes after its position. */
  public synchronized Place end() {
    return new Place(end, position);
  }

  /** Whether {@link #onRestart} has cut off a cursor, however fast its reader was. */
  public synchronized boolean hasBegunAnewSince(long cursor) {
    return cursor < begun;
  }

  /** The oldest place that can still be read from. */
  public synchronized Place oldest() {
    return new Place(oldest, start);
  }

  /**
   * The newest place whose position {@code seen} covers: who has seen that reads on there, and
   * skips what it has seen beyond. Empty where the feed no longer reaches back so far.
   */
  public synchronized Optional<Place> placeOf(Position seen) {
    if (!seen.coversAllOf(start)) {
      return Optional.empty();
    }
    // Positions only grow, so the places that are covered come before those that are not.
    long covered = oldest;
    long above = end + 1;
    while (above - covered > 1) {
      long middle = (covered + above) >>> 1;
      if (seen.coversAllOf(at(middle - 1).position())) {
        covered = middle;
      } else {
        above = middle;
      }
    }
    return Optional.of(new Place(covered, covered == oldest ? start : at(covered - 1).position()));
  }

  /** The same as {@link #read(long, long, int)}, to the end of the feed. */
  public Reading read(long cursor, int mostChanges) {
    return read(cursor, Long.MAX_VALUE, mostChanges);
  }

  /**
   * Reads on from a cursor.
   *
   * @param before the cursor to stop at
   * @param mostChanges where to stop besides, at the end of the moment that reaches it
   */
  public synchronized Reading read(long cursor, long before, int mostChanges) {
    if (cursor < oldest) {
      return new Reading.Trimmed();
    }
    List<Moment> read = new ArrayList<>();
    int count = 0;
    long stop = Math.min(end, before);
    for (long next = cursor; next < stop && count < mostChanges; next++) {
      Moment moment = at(next);
      read.add(moment);
      count += moment.changes().size();
    }
    return new Reading.Moments(read);
  }

  private Moment at(long sequence) {
    return Objects.requireNonNull(ring[(int) (sequence & (ring.length - 1))]);
  }

  private void add(Moment moment) {
    if (end - oldest == ring.length) {
      @Nullable Moment[] larger = new Moment[2 * ring.length];
      for (long each = oldest; each < end; each++) {
        larger[(int) (each & (larger.length - 1))] = at(each);
      }
      ring = larger;
    }
    ring[(int) (end++ & (ring.length - 1))] = moment;
  }

  private Moment drop() {
    Moment dropped = at(oldest);
    ring[(int) (oldest++ & (ring.length - 1))] = null;
    return dropped;
  }

  private static long sizeOf(Moment moment) {
    long size = 64;
    for (Change change : moment.changes()) {
      size += sizeOf(change);
    }
    return size;
  }

  private static long sizeOf(Change change) {
    long size = 200;
    if (change.before() != null) {
      size += sizeOf(change.before());
    }
    if (change.after() != null) {
      size += sizeOf(change.after());
    }
    return size;
  }

  private static long sizeOf(Row row) {
    return 64 + 48L * row.size() + row.length();
  }
}
