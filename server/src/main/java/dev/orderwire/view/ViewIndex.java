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
 * Finds the views that a change may concern. Those with an equality or an {@code in} are found by
 * the values of the row, before and after, so that a change costs what it concerns and not what
 * there is; all others are asked each time. For any number of threads: what was added before a
 * search begins is found by it.
 *
 * @param <W> who watches a view; told apart by identity or {@code equals}
 */
public final class ViewIndex<W> {
  private final Map<String, OfTable<W>> tables = new ConcurrentHashMap<>();

  /** What watches the views of one table. */
  private static final class OfTable<W> {
    final Set<W> all = ConcurrentHashMap.newKeySet();
    final Set<W> rest = ConcurrentHashMap.newKeySet();

    /** The field tells apart shapes of the table in which the column is another one. */
    final Map<Field, Map<Value, Set<W>>> byValue = new ConcurrentHashMap<>();
  }

  /** Finds {@code watcher} from now on. */
  public void add(View view, W watcher) {
    OfTable<W> table = tables.computeIfAbsent(view.table().name(), _ -> new OfTable<>());
    table.all.add(watcher);
    Anchor anchor = view.anchor();
    if (anchor == null) {
      table.rest.add(watcher);
      return;
    }
    Map<Value, Set<W>> values =
        table.byValue.computeIfAbsent(anchor.field(), _ -> new ConcurrentHashMap<>());
    for (Value value : anchor.values()) {
      values.compute(
          value,
          (_, known) -> {
            Set<W> watchers = known == null ? ConcurrentHashMap.newKeySet(1) : known;
            watchers.add(watcher);
            return watchers;
          });
    }
  }

  /** Undoes {@link #add}. */
  public void remove(View view, W watcher) {
    OfTable<W> table = tables.get(view.table().name());
    if (table == null) {
      return;
    }
    table.all.remove(watcher);
    table.rest.remove(watcher);
    Anchor anchor = view.anchor();
    Map<Value, Set<W>> values = anchor == null ? null : table.byValue.get(anchor.field());
    if (anchor == null || values == null) {
      return;
    }
    for (Value value : anchor.values()) {
      values.computeIfPresent(
          value,
          (_, watchers) -> {
            watchers.remove(watcher);
            return watchers.isEmpty() ? null : watchers;
          });
    }
  }

  /** Tells those whose view the change may concern, each once. */
  public void find(Change change, Consumer<W> found) {
    OfTable<W> table = tables.get(change.table());
    if (table == null) {
      return;
    }
    table.rest.forEach(found);
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

  /** Tells all whose view is one of the table. */
  public void all(String table, Consumer<W> found) {
    OfTable<W> known = tables.get(table);
    if (known != null) {
      known.all.forEach(found);
    }
  }

  /** Tells all. */
  public void all(Consumer<W> found) {
    tables.values().forEach(table -> table.all.forEach(found));
  }
}
