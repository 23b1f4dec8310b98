package dev.orderwire.judge.client;

import dev.orderwire.judge.run.Findings;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The changes that a view received since its last snapshot. Each must arrive once, and those of one
 * row in order. Only a view that resumed from an abridged position may receive a change again,
 * which that position does not cover. For one thread at a time.
 */
public final class Deliveries {
  /**
   * A received change.
   *
   * @param contentHash a hash of its content
   * @param subscription the number of the subscription in which it arrived last
   */
  private record Delivery(int contentHash, int subscription) {}

  /** A defect of a delivery. */
  record Defect(Findings.Kind kind, String what) {}

  private final Map<Long, Delivery> received = new HashMap<>();
  private final Map<String, Long> newestOfRow = new HashMap<>();

  /**
   * The position that the deliveries follow: that of the snapshot, or of the first subscription.
   */
  private @Nullable ReceivedPosition base;

  private Instant startedAt = Instant.MIN;

  private @Nullable ReceivedPosition resumedFrom;
  private int subscription;
  private long repeats;

  Deliveries() {}

  /** A copy, for a client that saves its state and returns to it later. */
  Deliveries(Deliveries other) {
    received.putAll(other.received);
    newestOfRow.putAll(other.newestOfRow);
    base = other.base;
    startedAt = other.startedAt;
    subscription = other.subscription;
  }

  /** Starts over after this position. */
  void startAfter(ReceivedPosition position) {
    received.clear();
    newestOfRow.clear();
    base = position;
    startedAt = Instant.now();
    resumeAfter(position);
  }

  /** Starts another subscription, which resumes from this position. */
  void resumeAfter(ReceivedPosition position) {
    subscription++;
    resumedFrom = position;
    // Changes that the position does not cover may be repeated, in their order.
    newestOfRow.values().removeIf(id -> !position.covers(id));
  }

  /** Adds a change, and returns what is wrong with its delivery; null for nothing. */
  @Nullable Defect add(long id, String row, String content) {
    if (resumedFrom == null || resumedFrom.covers(id)) {
      return new Defect(
          Findings.Kind.TWICE, "the position that the view resumed from covers it: " + resumedFrom);
    }
    if (base != null && base.covers(id)) {
      return repeated("it was delivered, or in the snapshot, before");
    }
    Delivery before = received.put(id, new Delivery(content.hashCode(), subscription));
    if (before != null) {
      if (before.subscription() == subscription) {
        return new Defect(Findings.Kind.TWICE, "it arrived before in the same subscription");
      }
      if (before.contentHash() != content.hashCode()) {
        return new Defect(Findings.Kind.WRONG, "it arrived before with different content");
      }
      Defect defect = repeated("it arrived before");
      if (defect != null) {
        return defect;
      }
    }
    Long newest = newestOfRow.put(row, id);
    if (newest != null && newest >= id) {
      return new Defect(
          Findings.Kind.ORDER, "change " + newest + " of the same row arrived before it");
    }
    return null;
  }

  /** A position covers everything sent before it, unless its text had to be abridged. */
  private @Nullable Defect repeated(String how) {
    if (resumedFrom != null && !resumedFrom.isAbridged()) {
      return new Defect(
          Findings.Kind.TWICE,
          how + "; the view resumed from a position that does not cover it: " + resumedFrom);
    }
    repeats++;
    return null;
  }

  /** Drops the changes up to this position, which have been checked. */
  void forgetUpTo(ReceivedPosition position) {
    received.clear();
    newestOfRow.clear();
    base = position;
  }

  public @Nullable ReceivedPosition base() {
    return base;
  }

  /**
   * Whether the snapshot may already contain a change that its position does not cover: the text of
   * an abridged position covers less than the snapshot.
   *
   * @param changedAt the time in the change log; a writer may have set its session's clock, so a
   *     time to come says nothing
   */
  public boolean mayBeInSnapshot(Instant changedAt) {
    return base != null
        && base.isAbridged()
        && (changedAt.isBefore(startedAt) || changedAt.isAfter(Instant.now()));
  }

  public boolean has(long id) {
    return received.containsKey(id);
  }

  public boolean hasWithContent(long id, String content) {
    Delivery delivery = received.get(id);
    return delivery != null && delivery.contentHash() == content.hashCode();
  }

  public Iterable<Long> ids() {
    return received.keySet();
  }

  /** How many changes were repeated after a resume from an abridged position. */
  long repeats() {
    return repeats;
  }
}
