package dev.orderwire.view;

import dev.orderwire.change.Key;
import dev.orderwire.change.Op;
import dev.orderwire.change.Row;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Joins several changes of a row into one: from its state before the first to its state after the
 * last, with the newest id. Changes that cancel out disappear. For one thread.
 */
public final class Conflation {
  private final Map<Key, ViewChange> byKey = new LinkedHashMap<>();

  /** Adds a change; it must be newer than those added before. */
  public void add(ViewChange change) {
    ViewChange earlier = byKey.remove(change.key());
    ViewChange joined = earlier == null ? change : join(earlier, change);
    if (joined != null) {
      byKey.put(change.key(), joined);
    }
  }

  /** One change for each row, in the order in which their newest ids were added. */
  public Collection<ViewChange> changes() {
    return byKey.values();
  }

  private static @Nullable ViewChange join(ViewChange first, ViewChange last) {
    Row before = before(first);
    Row after = last.row();
    if (before == null) {
      return after == null ? null : as(last, Op.INSERT, after, null);
    }
    if (after == null) {
      return as(last, Op.DELETE, null, before);
    }
    Row old = before.differingFrom(after);
    return old.isEmpty() ? null : as(last, Op.UPDATE, after, old);
  }

  /** The whole row before a change; null if there was none. */
  private static @Nullable Row before(ViewChange first) {
    Row old = first.old();
    if (old == null || first.op() == Op.DELETE) {
      return old;
    }
    // An update has old values only for what it changed; the other columns are as in the new row.
    return Objects.requireNonNull(first.row()).with(old);
  }

  private static ViewChange as(ViewChange last, Op op, @Nullable Row row, @Nullable Row old) {
    return new ViewChange(
        last.id(), op, last.key(), row, old, last.hidden(), last.at(), last.actor());
  }
}
