package dev.orderwire.auth.held;

import dev.orderwire.change.ColumnNames;
import dev.orderwire.change.Key;
import dev.orderwire.change.Position;
import dev.orderwire.change.Row;
import dev.orderwire.feed.SnapshotReader;
import dev.orderwire.view.View;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Collects the rows of a view from a snapshot, until there are too many. For one thread. */
final class Reading implements SnapshotReader.Rows {
  private final HeldRows rows;
  private final View view;
  private final ColumnNames key;
  private final Map<Key, Row> found = new HashMap<>();
  private @Nullable Position at;

  Reading(HeldRows rows, View view) {
    this.rows = rows;
    this.view = view;
    this.key = ColumnNames.of(view.table().key());
  }

  /** The rows so far, cut to what is held. */
  Map<Key, Row> found() {
    return found;
  }

  /** The position that they stand for. Not before it has begun. */
  Position at() {
    return Objects.requireNonNull(at);
  }

  @Override
  public void begin(Position position) {
    at = position;
  }

  @Override
  public boolean row(Row row) {
    if (view.matches(row)) {
      found.put(new Key(row.only(key, null)), rows.held(row));
    }
    return found.size() <= rows.mostRows();
  }
}
