package dev.orderwire.change;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * An immutable, ordered set of change ids (from 1), stored as ranges.
 *
 * @param ranges disjoint, rising, never adjacent
 */
public record Ids(List<Range> ranges) {
  public static final Ids NONE = new Ids(List.of());

  /** All ids from {@code first} to {@code last}, both included. */
  public record Range(long first, long last) {
    public Range {
      if (first < 1 || first > last) {
        throw new IllegalArgumentException(
            "a range must begin at 1 or above and must not end below that: " + first + "-" + last);
      }
    }

    public long size() {
      return last - first + 1;
    }
  }

  public Ids {
    ranges = List.copyOf(ranges);
    for (int i = 1; i < ranges.size(); i++) {
      if (ranges.get(i).first() - 1 <= ranges.get(i - 1).last()) {
        throw new IllegalArgumentException(
            "ranges must rise and must not touch: " + ranges.subList(i - 1, i + 1));
      }
    }
  }

  /** The set of these ids, which may come in any order and more than once. */
  public static Ids of(long... ids) {
    Builder builder = new Builder();
    Arrays.stream(ids).sorted().distinct().forEach(id -> builder.add(id, id));
    return builder.build();
  }

  public boolean isEmpty() {
    return ranges.isEmpty();
  }

  /** The number of ids, not of ranges. */
  public long size() {
    long size = 0;
    for (Range range : ranges) {
      size += range.size();
    }
    return size;
  }

  public boolean contains(long id) {
    int low = 0;
    int high = ranges.size() - 1;
    while (low <= high) {
      int middle = (low + high) >>> 1;
      Range range = ranges.get(middle);
      if (id < range.first()) {
        high = middle - 1;
      } else if (id > range.last()) {
        low = middle + 1;
      } else {
        return true;
      }
    }
    return false;
  }

  /** The ids that are in this set and not in {@code others}. */
  public Ids without(Ids others) {
    if (isEmpty() || others.isEmpty()) {
      return this;
    }
    Builder left = new Builder();
    int next = 0;
    for (Range range : ranges) {
      while (next < others.ranges.size() && others.ranges.get(next).last() < range.first()) {
        next++;
      }
      long done = range.first() - 1;
      for (int at = next; at < others.ranges.size(); at++) {
        Range hole = others.ranges.get(at);
        if (hole.first() > range.last()) {
          break;
        }
        left.add(done + 1, hole.first() - 1);
        done = hole.last();
      }
      if (done < range.last()) {
        left.add(done + 1, range.last());
      }
    }
    return left.build();
  }

  /** The ids that are in this set, in {@code others}, or in both. */
  public Ids and(Ids others) {
    if (isEmpty() || others.isEmpty()) {
      return isEmpty() ? others : this;
    }
    Builder all = new Builder();
    int theirs = 0;
    Ids added = others.without(this);
    for (Range range : ranges) {
      while (theirs < added.ranges.size() && added.ranges.get(theirs).first() < range.first()) {
        Range their = added.ranges.get(theirs++);
        all.add(their.first(), their.last());
      }
      all.add(range.first(), range.last());
    }
    for (Range their : added.ranges.subList(theirs, added.ranges.size())) {
      all.add(their.first(), their.last());
    }
    return all.build();
  }

  /** The ids that are in both sets. */
  public Ids in(Ids others) {
    return without(without(others));
  }

  /**
   * A superset of this set in at most {@code most} ranges. The closest ranges are joined, together
   * with the ids between them.
   *
   * @param most at least 1
   */
  public Ids joinedTo(int most) {
    if (most < 1) {
      throw new IllegalArgumentException("ids do not fit into " + most + " ranges");
    }
    int surplus = ranges.size() - most;
    if (surplus <= 0) {
      return this;
    }
    long[] distances = new long[ranges.size() - 1];
    for (int i = 0; i < distances.length; i++) {
      distances[i] = ranges.get(i + 1).first() - ranges.get(i).last();
    }
    long[] sorted = distances.clone();
    Arrays.sort(sorted);
    long longest = sorted[surplus - 1];
    int ofLongest = surplus - (int) Arrays.stream(sorted).filter(d -> d < longest).count();
    List<Range> joined = new ArrayList<>(most);
    Range open = ranges.getFirst();
    for (int i = 0; i < distances.length; i++) {
      Range range = ranges.get(i + 1);
      if (distances[i] < longest || (distances[i] == longest && ofLongest-- > 0)) {
        open = new Range(open.first(), range.last());
      } else {
        joined.add(open);
        open = range;
      }
    }
    joined.add(open);
    return new Ids(joined);
  }

  /** Collects ids in rising order; touching ranges become one. For one thread. */
  public static final class Builder {
    private final List<Range> ranges = new ArrayList<>();

    /**
     * Adds {@code first} to {@code last}, both included; nothing if {@code first > last}.
     *
     * @throws IllegalArgumentException if {@code first} is not above everything added before
     */
    public Builder add(long first, long last) {
      if (first > last) {
        return this;
      }
      if (!ranges.isEmpty()) {
        Range newest = ranges.getLast();
        if (first <= newest.last()) {
          throw new IllegalArgumentException("ids must be added in rising order");
        }
        if (first == newest.last() + 1) {
          ranges.set(ranges.size() - 1, new Range(newest.first(), last));
          return this;
        }
      }
      ranges.add(new Range(first, last));
      return this;
    }

    public Ids build() {
      return ranges.isEmpty() ? NONE : new Ids(ranges);
    }
  }
}
