package dev.orderwire.tail;

import dev.orderwire.change.Change;
import dev.orderwire.change.Ids;
import dev.orderwire.changelog.CanaryTable;
import dev.orderwire.changelog.row.ChangeReader;
import dev.orderwire.feed.TableVersion;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What is delivered in one call: a moment, or a part of a large one. */
final class Page {
  private static final int MOST_CHANGES = 1_000;
  private static final long MOST_SIZE = 1 << 20;

  private final List<Change> changes = new ArrayList<>();
  private final List<TableVersion> resets = new ArrayList<>();
  private final Ids.Builder ids = new Ids.Builder();
  private long size;
  private long newest;
  private @Nullable String newestRow;

  List<Change> changes() {
    return changes;
  }

  List<TableVersion> resets() {
    return resets;
  }

  /** The ids of all its rows of the change log. */
  Ids ids() {
    return ids.build();
  }

  /** The highest id; 0 if it has no rows of the change log. */
  long newest() {
    return newest;
  }

  /** The row with the highest id. */
  @Nullable String newestRow() {
    return newestRow;
  }

  /** Adds a row of the change log, whatever it says. */
  void addRow(long id, ResultSet row) throws SQLException {
    ids.add(id, id);
    if (id > newest) {
      newest = id;
      newestRow = ChangeReader.identity(row);
    }
  }

  void add(TableVersion reset) {
    resets.add(reset);
  }

  void add(Change change) {
    changes.add(change);
    size += ChangeReader.size(change);
  }

  boolean isFull() {
    return changes.size() >= MOST_CHANGES || size >= MOST_SIZE;
  }

  /** Whether it has no row of the change log. */
  boolean isEmpty() {
    return newest == 0;
  }

  /** Whether it has changes of the canary only. */
  boolean isCanary() {
    return !changes.isEmpty()
        && resets.isEmpty()
        && changes.stream().allMatch(change -> change.table().equals(CanaryTable.NAME));
  }
}
