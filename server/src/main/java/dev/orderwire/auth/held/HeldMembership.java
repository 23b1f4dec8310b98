package dev.orderwire.auth.held;

import dev.orderwire.change.Position;
import dev.orderwire.view.Membership;
import java.util.HashMap;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/** The sets of a client at a moment. */
public final class HeldMembership implements Membership {
  /** Stands for the newest moment. */
  public static final long NOW = Long.MAX_VALUE;

  private final HeldTables tables;
  private final Map<String, HeldLookup> lookups;
  private final Map<String, ValueList> lists = new HashMap<>();

  /** The moment up to which the sets are known to hold. */
  private volatile long upTo;

  HeldMembership(HeldTables tables, Map<String, HeldLookup> lookups, long sequence, long upTo) {
    this.tables = tables;
    this.lookups = Map.copyOf(lookups);
    this.upTo = upTo;
    lookups.forEach((name, lookup) -> lists.put(name, lookup.valuesAt(sequence)));
  }

  /** The lists of values, by the names of the lookups. */
  public Map<String, JsonNode> sets() {
    Map<String, JsonNode> sets = new HashMap<>();
    lists.forEach((name, list) -> sets.put(name, list.json()));
    return sets;
  }

  @Override
  public boolean changesWith(Membership other) {
    return other instanceof HeldMembership held && held.lookups.equals(lookups);
  }

  @Override
  public boolean changesAt(long sequence) {
    return sequence > upTo
        && lookups.values().stream().anyMatch(lookup -> lookup.changesAt(sequence));
  }

  @Override
  public boolean holdsAt(Position position) {
    tables.awaitPassing(position);
    lookups.values().forEach(HeldLookup::await);
    HeldMembership now = tables.membership(lookups, NOW);
    if (!now.lists.equals(lists)) {
      return false;
    }
    upTo = Math.max(upTo, now.upTo);
    return true;
  }
}
