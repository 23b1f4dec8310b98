package dev.orderwire.view;

import dev.orderwire.change.Change;
import dev.orderwire.change.Row;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Finds the views that a change may concern. A view with an equality or an {@code in} is found by
 * the values of the row, before and after, so the cost of a change depends on the views that it
 * concerns, not on the number of views. All other views are found by every change. Safe for any
 * number of threads: a search finds everything that was added before it began.
 *
 * @param <W> the watcher of a view; told apart by {@code equals}
 */
public final class ViewIndex<W> {
  private final Map<String, OfTable<W>> tables = new ConcurrentHashMap<>();

  /** The watchers of one table's views. */
  private static final class OfTable<W> {
    final Set<W> all = ConcurrentHashMap.newKeySet();
    final Set<W> unindexed = ConcurrentHashMap.newKeySet();

    /**
     * By column and value. The field tells apart shapes of the table in which the column has
     * another type.
     */
    final Map<Field, Map<Value, Set<W>>> byValue = new ConcurrentHashMap<>();
  }

  /** Adds a watcher of a view. */
  public void add(View view, W watcher) {
    OfTable<W> table = tables.computeIfAbsent(view.table().name(), _ -> new OfTable<>());
    table.all.add(watcher);
    IndexedValues indexed = view.indexedValues();
    if (indexed == null) {
      table.unindexed.add(watcher);
      return;
    }
    Map<Value, Set<W>> values =
        table.byValue.computeIfAbsent(indexed.field(), _ -> new ConcurrentHashMap<>());
    for (Value value : indexed.values()) {
      values.compute(
          value,
          (_, known) -> {
            Set<W> watchers = known == null ? ConcurrentHashMap.newKeySet(1) : known;
            watchers.add(watcher);
            return watchers;
          });
    }
  }

  /** Removes a watcher that was added with this view. */
  public void remove(View view, W watcher) {
    OfTable<W> table = tables.get(view.table().name());
    if (table == null) {
      return;
    }
    table.all.remove(watcher);
    table.unindexed.remove(watcher);
    IndexedValues indexed = view.indexedValues();
    Map<Value, Set<W>> values = indexed == null ? null : table.byValue.get(indexed.field());
    if (indexed == null || values == null) {
      return;
    }
    for (Value value : indexed.values()) {
      values.computeIfPresent(
          value,
          (_, watchers) -> {
            watchers.remove(watcher);
            return watchers.isEmpty() ? null : watchers;
          });
    }
  }

  /** Calls {@code found} once for each watcher whose view the change may concern. */
  public void find(Change change, Consumer<W> found) {
    OfTable<W> table = tables.get(change.table());
    if (table == null) {
      return;
    }
    table.unindexed.forEach(found);
    table.byValue.forEach((field, values) -> {
      Value before = value(change.before(), field);
      Value after = value(change.after(), field);
      Set<W> known = at(before, values);
      known.forEach(found);
      if (!Objects.equals(before, after)) {
        for (W watcher : at(after, values)) {
          if (!known.contains(watcher)) {
            found.accept(watcher);
          }
        }
      }
    });
  }

  private static @Nullable Value value(@Nullable Row row, Field field) {
    return row == null ? null : field.in(row);
  }

  private static <W> Set<W> at(@Nullable Value value, Map<Value, Set<W>> values) {
    Set<W> watchers = value == null ? null : values.get(value);
    return watchers == null ? Set.of() : watchers;
  }

  /** Calls {@code found} for all watchers of views of a table. */
  public void all(String table, Consumer<W> found) {
    OfTable<W> known = tables.get(table);
    if (known != null) {
      known.all.forEach(found);
    }
  }

  /** Calls {@code found} for all watchers. */
  public void all(Consumer<W> found) {
    tables.values().forEach(table -> table.all.forEach(found));
  }
}
