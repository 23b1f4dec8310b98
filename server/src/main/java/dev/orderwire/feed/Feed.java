package dev.orderwire.feed;

import dev.orderwire.change.Change;
import dev.orderwire.change.Position;
import dev.orderwire.change.Row;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * The newest moments, bounded by the count and the size of their changes. A cursor is the sequence
 * of the next moment to read; cursors cost nothing, and nothing is kept for them. Safe for any
 * number of threads; only the tail appends.
 */
public final class Feed {
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

  private final int maxChanges;
  private final long maxBytes;
  private final List<Runnable> listeners = new CopyOnWriteArrayList<>();

  private final ArrayDeque<Moment> moments = new ArrayDeque<>();
  private long end;
  private long changes;
  private long bytes;
  private Position start;
  private Position position;

  /**
   * @param start what counts as seen before the first moment
   * @param maxChanges how many changes are kept at the most
   * @param maxBytes how many bytes of rows are kept at the most; the newest moment always stays
   */
  public Feed(Position start, int maxChanges, long maxBytes) {
    this.start = start;
    this.position = start;
    this.maxChanges = maxChanges;
    this.maxBytes = maxBytes;
  }

  /** Adds a moment, drops the oldest over the bounds, then tells the listeners, on this thread. */
  public void append(List<Change> newChanges, Position after, boolean complete) {
    synchronized (this) {
      Moment moment = new Moment(end, newChanges, after, complete);
      moments.add(moment);
      end++;
      position = after;
      changes += newChanges.size();
      bytes += sizeOf(moment);
      while (moments.size() > 1 && (changes > maxChanges || bytes > maxBytes)) {
        Moment oldest = moments.remove();
        start = oldest.position();
        changes -= oldest.changes().size();
        bytes -= sizeOf(oldest);
      }
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

  /** The oldest place that can still be read from. */
  public synchronized Place oldest() {
    return new Place(end - moments.size(), start);
  }

  /**
   * Reads on from a cursor.
   *
   * @param mostChanges where to stop, at the end of the moment that reaches it
   */
  public synchronized Reading read(long cursor, int mostChanges) {
    long oldest = end - moments.size();
    if (cursor < oldest) {
      return new Reading.Trimmed();
    }
    List<Moment> read = new ArrayList<>();
    int count = 0;
    long skip = cursor - oldest;
    for (Moment moment : moments) {
      if (skip-- > 0) {
        continue;
      }
      read.add(moment);
      count += moment.changes().size();
      if (count >= mostChanges) {
        break;
      }
    }
    return new Reading.Moments(read);
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
    long size = 64;
    for (String json : row.cells().values()) {
      size += 88 + json.length();
    }
    return size;
  }
}
