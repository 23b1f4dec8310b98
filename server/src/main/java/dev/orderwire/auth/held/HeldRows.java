package dev.orderwire.auth.held;

import dev.orderwire.change.Change;
import dev.orderwire.change.ColumnNames;
import dev.orderwire.change.Key;
import dev.orderwire.change.Position;
import dev.orderwire.change.Row;
import dev.orderwire.view.View;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * The rows of a table that match a condition, as the newest moment of the feed left them. All
 * methods need the lock of {@link HeldTables}, except where noted.
 */
abstract class HeldRows {
  private final String table;
  private final @Nullable JsonNode where;
  private final List<String> columns;

  /** The changes since the rows are being read; null while they are not. */
  private @Nullable List<Change> pending;

  private @Nullable View view;
  private boolean valid;

  /**
   * @param where null for all rows
   * @param columns those that are held
   */
  HeldRows(String table, @Nullable JsonNode where, List<String> columns) {
    this.table = table;
    this.where = where;
    this.columns = List.copyOf(columns);
  }

  /** For any thread. */
  final String table() {
    return table;
  }

  /** For any thread. */
  final @Nullable JsonNode where() {
    return where;
  }

  /** How many rows may be held. For any thread. */
  abstract int mostRows();

  /** Takes the place of all rows that were held before the moment after {@code sequence}. */
  abstract void replace(Map<Key, Row> rows, long sequence);

  /**
   * A row has changed.
   *
   * @param before null if it was not there, or did not match
   * @param after null if it is gone, or does not match
   */
  abstract void put(Key key, @Nullable Row before, @Nullable Row after, long sequence);

  /** The moment is over whose changes were put. */
  abstract void endMoment(long sequence);

  /** From this moment on, nothing is known about the rows. */
  abstract void forget(long sequence);

  /** Whether the rows stay in force while it is not known whether they are right. */
  boolean isLasting() {
    return false;
  }

  /** Whether the rows are known. */
  final boolean isValid() {
    return valid;
  }

  /** The view of the rows that are being read, or were read; null if there is none. */
  final @Nullable View view() {
    return view;
  }

  final void beginReading(View of) {
    view = of;
    pending = new ArrayList<>();
  }

  /**
   * Takes in the rows that were read.
   *
   * @param position of the rows; the feed has passed it
   * @param sequence of the newest moment
   * @return false if they are void by now: they must be read again
   */
  final boolean finishReading(Map<Key, Row> rows, Position position, long sequence) {
    List<Change> since = pending;
    pending = null;
    if (since == null) {
      return false;
    }
    Map<Key, Row> held = new HashMap<>(rows);
    for (Change each : since) {
      if (!position.covers(each.id())) {
        Row after = matching(each.after());
        if (after == null) {
          held.remove(each.key());
        } else {
          held.put(each.key(), after);
        }
      }
    }
    if (rows.size() > mostRows() && held.size() <= mostRows()) {
      // Not all rows were read, and now all may be held.
      return false;
    }
    replace(held, sequence);
    valid = true;
    return true;
  }

  final void change(long sequence, Change change) {
    if (pending != null) {
      pending.add(change);
    }
    if (valid || isLasting()) {
      put(change.key(), matching(change.before()), matching(change.after()), sequence);
    }
  }

  private @Nullable Row matching(@Nullable Row row) {
    return row == null || view == null || !view.matches(row) ? null : held(row);
  }

  /** The columns of a row that are held. For any thread. */
  final Row held(Row row) {
    return row.only(ColumnNames.of(columns), "null");
  }

  /** The table was altered, emptied or dropped. */
  final void invalidate(long sequence) {
    pending = null;
    if (valid) {
      valid = false;
      forget(sequence);
    }
  }
}
