package dev.orderwire.change;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Column names in their order, shared by all rows that are read alike, so that a row holds only its
 * values. Safe for any number of threads.
 */
public final class ColumnNames {
  private final List<String> list;
  private final Map<String, Integer> indexes;

  private ColumnNames(List<String> names) {
    this.list = List.copyOf(names);
    this.indexes = HashMap.newHashMap(list.size());
    for (int index = 0; index < list.size(); index++) {
      if (indexes.put(list.get(index), index) != null) {
        throw new IllegalArgumentException("column " + list.get(index) + " occurs twice");
      }
    }
  }

  /**
   * These names, in this order.
   *
   * @throws IllegalArgumentException if a name occurs twice
   */
  public static ColumnNames of(List<String> names) {
    return new ColumnNames(names);
  }

  public int count() {
    return list.size();
  }

  public String get(int index) {
    return list.get(index);
  }

  /** The index of a name, from 0; -1 if it is not among these. */
  public int indexOf(String name) {
    @Nullable Integer index = indexes.get(name);
    return index == null ? -1 : index;
  }
}
