package dev.orderwire.auth.held;

import dev.orderwire.auth.policy.Lookup;
import dev.orderwire.change.OrderwireException;
import java.lang.ref.WeakReference;
import java.util.Collection;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * The sets of the lookups, one for all clients with the same claims. Safe for any number of
 * threads.
 */
public final class Lookups {
  /** How many sets stay for a client's next request when no connection needs them. */
  private static final int MOST_RECENT = 1_000;

  /** How many rows they may have together; the newest set may have more. */
  private static final int MOST_RECENT_ROWS = 100_000;

  private record Id(String lookup, String where) {}

  private final HeldTables tables;
  private final Map<Id, WeakReference<HeldLookup>> all = new HashMap<>();

  /** The size at which references to nothing are removed from {@link #all}. */
  private int purgeAt = MOST_RECENT;

  /** In the order of their last use. */
  private final Map<Id, HeldLookup> recent = new LinkedHashMap<>(16, 0.75f, true);

  public Lookups(HeldTables tables) {
    this.tables = tables;
  }

  /**
   * The sets of a client, by the names of the lookups; without those for which it lacks a claim.
   * They are kept up to date as long as the caller refers to them. May block.
   *
   * @throws OrderwireException {@code lookup_unavailable}; {@code mysql_unavailable}
   */
  public Map<String, HeldLookup> hold(Collection<Lookup> lookups, Map<String, JsonNode> claims) {
    Map<String, HeldLookup> held = new HashMap<>();
    for (Lookup lookup : lookups) {
      lookup.where(claims).ifPresent(where -> held.put(lookup.name(), hold(lookup, where)));
    }
    return held;
  }

  private HeldLookup hold(Lookup lookup, JsonNode where) {
    Id id = new Id(lookup.name(), where.toString());
    HeldLookup created = new HeldLookup(tables, lookup, where);
    Optional<HeldLookup> known = known(id, created);
    if (known.isPresent()) {
      known.get().await();
      return known.get();
    }
    try {
      tables.hold(created);
      letGo();
      return created;
    } catch (RuntimeException e) {
      synchronized (this) {
        all.remove(id);
        recent.remove(id);
      }
      throw e;
    }
  }

  /** The set, if there is one; otherwise {@code created} becomes it. */
  private synchronized Optional<HeldLookup> known(Id id, HeldLookup created) {
    WeakReference<HeldLookup> reference = all.get(id);
    HeldLookup known = reference == null ? null : reference.get();
    if (known == null) {
      if (all.size() >= purgeAt) {
        all.values().removeIf(each -> each.refersTo(null));
        purgeAt = Math.max(MOST_RECENT, 2 * all.size());
      }
      all.put(id, new WeakReference<>(created));
    }
    recent.put(id, known == null ? created : known);
    letGo();
    return Optional.ofNullable(known);
  }

  /** Lets go of the sets that were not used for the longest time. */
  private synchronized void letGo() {
    long rows = recent.values().stream().mapToLong(HeldLookup::size).sum();
    Iterator<HeldLookup> eldest = recent.values().iterator();
    while (recent.size() > MOST_RECENT || (rows > MOST_RECENT_ROWS && recent.size() > 1)) {
      rows -= eldest.next().size();
      eldest.remove();
    }
  }
}
