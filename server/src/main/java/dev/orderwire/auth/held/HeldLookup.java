package dev.orderwire.auth.held;

import dev.orderwire.auth.held.SetHistory.Known;
import dev.orderwire.auth.held.SetHistory.State;
import dev.orderwire.auth.policy.Lookup;
import dev.orderwire.change.ErrorCode;
import dev.orderwire.change.Key;
import dev.orderwire.change.OrderwireException;
import dev.orderwire.change.Row;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;

/**
 * The set of values that a {@link Lookup} gives for some claims, now and at each moment of the
 * feed. Safe for any number of threads.
 */
public final class HeldLookup extends HeldRows {
  private static final Logger LOG = LoggerFactory.getLogger(HeldLookup.class);
  private static final String NULL = "null";

  /** The history of a large set may be longer. */
  private static final int MOST_HISTORY = 1_000;

  private final HeldTables tables;
  private final Lookup lookup;

  /** The value of each row, as JSON. */
  private final Map<Key, String> values = new HashMap<>();

  private final SetHistory history;

  /** Read without the lock. */
  private volatile int size;

  HeldLookup(HeldTables tables, Lookup lookup, JsonNode where) {
    super(lookup.table(), where, List.of(lookup.select()));
    this.tables = tables;
    this.lookup = lookup;
    this.history = new SetHistory(Math.max(MOST_HISTORY, 2 * lookup.most()));
  }

  @Override
  int mostRows() {
    return lookup.most();
  }

  /** How many rows are held, and values that came or went of late. For any thread. */
  int size() {
    return size;
  }

  @Override
  void replace(Map<Key, Row> rows, long sequence) {
    for (Key key : List.copyOf(values.keySet())) {
      if (!rows.containsKey(key)) {
        remove(key);
      }
    }
    rows.forEach((key, row) -> add(key, json(row)));
    settle(sequence);
  }

  @Override
  void put(Key key, @Nullable Row before, @Nullable Row after, long sequence) {
    if (history.state() == State.TOO_MANY) {
      if (before != null && after == null) {
        // Not all of its rows are held, and now they may be few enough.
        tables.readAgain(this, sequence);
      }
    } else if (after == null) {
      remove(key);
    } else {
      add(key, json(after));
    }
  }

  private String json(Row row) {
    String json = row.json(lookup.select());
    return json == null ? NULL : json;
  }

  private void add(Key key, String value) {
    String before = values.put(key, value);
    if (value.equals(before)) {
      return;
    }
    if (before != null && !before.equals(NULL)) {
      history.remove(before);
    }
    if (!value.equals(NULL)) {
      history.add(value);
    }
  }

  private void remove(Key key) {
    String before = values.remove(key);
    if (before != null && !before.equals(NULL)) {
      history.remove(before);
    }
  }

  @Override
  void endMoment(long sequence) {
    if (isValid() && history.state() != State.TOO_MANY) {
      settle(sequence);
    }
  }

  @Override
  void forget(long sequence) {
    settle(sequence, State.UNKNOWN);
  }

  private void settle(long sequence) {
    if (values.size() <= lookup.most()) {
      settle(sequence, State.KNOWN);
      return;
    }
    LOG.warn(
        "The lookup {} has more than {} rows for {}: clients that need it are refused. Raise"
            + " lookups.{}.max, or remove rows",
        lookup.name(),
        lookup.most(),
        where(),
        lookup.name());
    List.copyOf(values.keySet()).forEach(this::remove);
    settle(sequence, State.TOO_MANY);
  }

  private void settle(long sequence, State state) {
    if (history.settle(sequence, state, tables.oldest())) {
      tables.changed(history.newest());
    }
    size = values.size() + history.size();
  }

  /** Whether a moment changes the set. */
  boolean changesAt(long sequence) {
    return history.changesAt(sequence);
  }

  /**
   * The set after a moment.
   *
   * @throws OrderwireException {@code lookup_too_large}; {@code lookup_unavailable} if the table is
   *     being read again, upon which {@link #await} waits for it, or if the moment is too long ago
   */
  ValueList valuesAt(long sequence) {
    Known found;
    synchronized (tables) {
      found = history.at(sequence);
    }
    return switch (found) {
      case Known.Values(ValueList list) -> list;
      case Known.TooMany() ->
          throw new OrderwireException(
              ErrorCode.LOOKUP_TOO_LARGE,
              "this identity belongs to more of the lookup \"%s\" than the server allows"
                  .formatted(lookup.name()));
      case Known.Nothing() -> throw HeldTables.unavailable("a table is being read again");
    };
  }

  /**
   * Waits until the set is known.
   *
   * @throws OrderwireException {@code lookup_unavailable} if that takes too long
   */
  public void await() {
    tables.awaitValid(this);
  }
}
