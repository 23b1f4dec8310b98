package dev.orderwire.judge;

import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which changes came to a view since its rows were last read: each once, those of one row in order,
 * and none that the position covers with which it was resumed. For one thread at a time.
 */
final class Deliveries {
  /**
   * A change that came.
   *
   * @param content a hash of what it said
   * @param subscription in which subscription of this client it came last
   */
  private record Came(int content, int subscription) {}

  private final Map<Long, Came> came = new HashMap<>();
  private final Map<String, Long> newestOfRow = new HashMap<>();

  /** What was there already when the deliveries began. */
  private @Nullable Mark base;

  private Instant begunAt = Instant.MIN;

  private @Nullable Mark resumedFrom;
  private int subscription;
  private long repeats;

  Deliveries() {}

  /** A copy, for a client that goes back to an earlier state of its. */
  Deliveries(Deliveries other) {
    came.putAll(other.came);
    newestOfRow.putAll(other.newestOfRow);
    base = other.base;
    begunAt = other.begunAt;
    subscription = other.subscription;
  }

  /** Begins anew: all up to this position is known otherwise. */
  void beginAfter(Mark position) {
    came.clear();
    newestOfRow.clear();
    base = position;
    begunAt = Instant.now();
    resumeAfter(position);
  }

  /** A subscription begins that was asked for with this position. */
  void resumeAfter(Mark position) {
    subscription++;
    resumedFrom = position;
    // What the position does not hold may come again, and then in its order again.
    newestOfRow.values().removeIf(id -> !position.covers(id));
  }

  /** What is wrong with a change. */
  record Wrong(Findings.Kind kind, String what) {}

  /**
   * A change came.
   *
   * @return what is wrong with that; null where nothing is
   */
  @Nullable Wrong add(long id, String row, String content) {
    if (resumedFrom == null || resumedFrom.covers(id)) {
      return new Wrong(
          Findings.Kind.TWICE, "the position that it was resumed from covers it: " + resumedFrom);
    }
    if (base != null && base.covers(id)) {
      repeats++;
      return null;
    }
    Came before = came.put(id, new Came(content.hashCode(), subscription));
    if (before != null) {
      if (before.subscription() == subscription) {
        return new Wrong(Findings.Kind.TWICE, "it came before in the same subscription");
      }
      repeats++;
      if (before.content() != content.hashCode()) {
        return new Wrong(Findings.Kind.WRONG, "it came before with another content");
      }
    }
    Long newest = newestOfRow.put(row, id);
    if (newest != null && newest >= id) {
      return new Wrong(
          Findings.Kind.ORDER, "of the same row, change " + newest + " came before it");
    }
    return null;
  }

  /** What was asked for up to now is judged: only what comes from here on is kept. */
  void forgetUpTo(Mark position) {
    came.clear();
    newestOfRow.clear();
    base = position;
  }

  @Nullable Mark base() {
    return base;
  }

  /**
   * Whether a change may have been there already when the deliveries began, although the position
   * which they began after does not cover it.
   */
  boolean mayHaveBeenThere(Instant changedAt) {
    return base != null && base.isAbridged() && changedAt.isBefore(begunAt);
  }

  boolean has(long id) {
    return came.containsKey(id);
  }

  boolean hasWithContent(long id, String content) {
    Came delivered = came.get(id);
    return delivered != null && delivered.content() == content.hashCode();
  }

  Iterable<Long> ids() {
    return came.keySet();
  }

  int size() {
    return came.size();
  }

  /** How many came again where the position allowed it. */
  long repeats() {
    return repeats;
  }
}
