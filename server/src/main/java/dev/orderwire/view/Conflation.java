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
 * Several changes of a row as one: from its state before the first to that after the last, with the
 * newest id. What comes back to where it began is no change at all. For one thread.
 */
public final class Conflation {
  private final Map<Key, ViewChange> byKey = new LinkedHashMap<>();

  /** Adds a change that came after those before it. */
  public void add(ViewChange change) {
    ViewChange earlier = byKey.remove(change.key());
    ViewChange joined = earlier == null ? change : join(earlier, change);
    if (joined != null) {
      byKey.put(change.key(), joined);
    }
  }

  /** One a row, in the order of their newest ids' arrival. */
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

  /** The whole row before a change; null where it was not there. */
  private static @Nullable Row before(ViewChange first) {
    Row old = first.old();
    if (old == null || first.op() == Op.DELETE) {
      return old;
    }
    // An update tells what it changed; the rest stood in the row that it made.
    return Objects.requireNonNull(first.row()).with(old);
  }

  private static ViewChange as(ViewChange last, Op op, @Nullable Row row, @Nullable Row old) {
    return new ViewChange(last.id(), op, last.key(), row, old, last.at(), last.actor());
  }
}
