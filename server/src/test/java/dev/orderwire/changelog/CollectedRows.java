package dev.orderwire.changelog;

import dev.orderwire.change.Position;
import dev.orderwire.change.Row;
import dev.orderwire.feed.SnapshotReader;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Collects the rows of a snapshot, up to a number of them. */
public class CollectedRows implements SnapshotReader.Rows {
  public final List<Row> rows = new ArrayList<>();
  private final int limit;
  private @Nullable Position position;

  public CollectedRows(int limit) {
    this.limit = limit;
  }

  @Override
  public void begin(Position standsFor) {
    position = standsFor;
  }

  @Override
  public boolean row(Row row) {
    rows.add(row);
    return rows.size() < limit;
  }

  public Position position() {
    return Objects.requireNonNull(position);
  }
}
