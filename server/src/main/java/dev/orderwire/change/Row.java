package dev.orderwire.change;

import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A row, or some of its columns: each column's name with its value as JSON text, exactly as MySQL
 * encoded it ({@code "pending"} with its quotes, {@code 18446744073709551615}, {@code null}). Two
 * cells are the same value exactly when their texts are equal.
 *
 * @param cells column name to JSON text, in the order of the columns
 */
public record Row(Map<String, String> cells) {
  public Row {
    cells = Collections.unmodifiableMap(new LinkedHashMap<>(cells));
  }

  /** The JSON text of a column, or null where this row does not carry the column. */
  public @Nullable String json(String column) {
    return cells.get(column);
  }

  /**
   * This row cut to {@code columns}, in their order; a column that it does not carry is left out.
   */
  public Row only(Collection<String> columns) {
    Map<String, String> kept = LinkedHashMap.newLinkedHashMap(columns.size());
    for (String column : columns) {
      String json = cells.get(column);
      if (json != null) {
        kept.put(column, json);
      }
    }
    return new Row(kept);
  }

  /** The cells of this row that are not the same in {@code other}: with the values of this row. */
  public Row differingFrom(Row other) {
    Map<String, String> changed = new LinkedHashMap<>();
    cells.forEach((column, json) -> {
      if (!json.equals(other.cells.get(column))) {
        changed.put(column, json);
      }
    });
    return new Row(changed);
  }

  public boolean isEmpty() {
    return cells.isEmpty();
  }
}
