package dev.orderwire.feed;

import dev.orderwire.change.Change;
import dev.orderwire.change.Position;
import dev.orderwire.change.Row;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/**
 * The newest moments, bounded by the number and the size of their changes. A cursor is the sequence
 * of the next moment to read; the feed keeps nothing for a cursor. Safe for any number of threads;
 * only the tail appends.
 */
public final class Feed implements MomentListener {
  /** A reader that has seen {@code position} continues at {@code cursor}. */
  public record Place(long cursor, Position position) {}

  /** The result of a read. */
  public sealed interface Reading {
    /** The moments from the cursor on; empty if the reader has seen all. */
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
  private final List<Preview> previews = new CopyOnWriteArrayList<>();
  private final List<Runnable> listeners = new CopyOnWriteArrayList<>();

  /** By sequence modulo its length, so that a read costs the same wherever it begins. */
  private @Nullable Moment[] ring = new Moment[64];

  private long oldest;
  private long end;
  private long restarted;
  private long changes;
  private long bytes;
  private Position start;
  private Position position;

  /**
   * @param start what counts as seen before the first moment
   * @param tables the catalog, updated before each moment becomes visible
   * @param maxChanges the most changes to keep
   * @param maxBytes the most bytes of rows to keep; the newest moment always stays
   */
  public Feed(Position start, WatchedTables tables, int maxChanges, long maxBytes) {
    this.tables = tables;
    this.start = start;
    this.position = start;
    this.maxChanges = maxChanges;
    this.maxBytes = maxBytes;
  }

  /**
   * Adds a moment, drops the oldest ones beyond the bounds, then calls the listeners on this
   * thread.
   *
   * @param resets the tables that must be read again; the catalog has their new shapes before a
   *     reader can see the moment
   */
  @Override
  public void onMoment(
      List<Change> newChanges,
      List<TableVersion> resets,
      Position after,
      boolean complete,
      Instant notBefore) {
    tables.reset(resets);
    Moment moment = new Moment(end().cursor(), newChanges, resets, after, complete, notBefore);
    previews.forEach(preview -> preview.onMoment(moment));
    synchronized (this) {
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
   * Starts over at a position that has nothing to do with the earlier ones: the change log was
   * replaced, or it lost changes before they were read. Earlier cursors become invalid.
   */
  @Override
  public void onRestart(Position from, List<TableVersion> all) {
    tables.restart(all);
    long next = end().cursor();
    previews.forEach(preview -> preview.onRestart(from, next));
    synchronized (this) {
      while (oldest < end) {
        drop();
      }
      // The cursor of a reader that has seen everything becomes invalid too.
      oldest++;
      end++;
      restarted = end;
      changes = 0;
      bytes = 0;
      start = from;
      position = from;
    }
    listeners.forEach(Runnable::run);
  }

  /** Lets {@code preview} see each moment and each restart before any reader does. */
  public void addPreview(Preview preview) {
    previews.add(preview);
  }

  /**
   * Calls {@code listener} after each moment and each restart, on the tail's thread: it must not
   * block.
   */
  public void onAppend(Runnable listener) {
    listeners.add(listener);
  }

  /** The oldest cursor that the feed reaches back to. */
  public synchronized long oldest() {
    return oldest;
  }

  /** The newest place: a reader that begins here misses nothing after its position. */
  public synchronized Place end() {
    return new Place(end, position);
  }

  /** Whether {@link #onRestart} has made a cursor invalid. */
  public synchronized boolean hasRestartedSince(long cursor) {
    return cursor < restarted;
  }

  /**
   * The newest place whose position {@code seen} covers: a reader continues there, and skips what
   * it has seen beyond. Empty if the feed does not reach back that far.
   */
  public synchronized Optional<Place> placeOf(Position seen) {
    if (!seen.coversAllOf(start)) {
      return Optional.empty();
    }
    // Positions only grow, so all covered places come first.
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

  /** As {@link #read(long, long, int)}, up to the end of the feed. */
  public Reading read(long cursor, int pageChanges) {
    return read(cursor, Long.MAX_VALUE, pageChanges);
  }

  /**
   * Reads from a cursor on.
   *
   * @param before the cursor to stop at
   * @param pageChanges stops at the end of the moment that reaches this number of changes
   */
  public synchronized Reading read(long cursor, long before, int pageChanges) {
    if (cursor < oldest) {
      return new Reading.Trimmed();
    }
    List<Moment> read = new ArrayList<>();
    int count = 0;
    long stop = Math.min(end, before);
    for (long next = cursor; next < stop && count < pageChanges; next++) {
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
