package dev.orderwire.changelog;

import dev.orderwire.change.Ids;
import dev.orderwire.changelog.LogWriters.Writer;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * The ids below head that have not become visible, each with the writers that could still make it
 * so. When the last of them has let go, the id is decided: if the next read does not bring it, its
 * transaction was rolled back, and the gap is dead. No clock has a say in this. For the tail's
 * thread only.
 */
final class Gaps {
  private final Map<Set<Writer>, Ids> suspects = new HashMap<>();
  private Ids decided = Ids.NONE;
  private Ids held = Ids.NONE;

  /**
   * Takes note of who writes now.
   *
   * @param open the gaps of a read that was done before {@code writers} were asked for
   */
  void observe(Ids open, Set<Writer> writers) {
    Ids fresh = open.without(held);
    Map<Set<Writer>, Ids> before = Map.copyOf(suspects);
    suspects.clear();
    decided = decided.in(open);
    before.forEach((holders, ids) -> suspect(still(holders, writers), ids.in(open)));
    suspect(Set.copyOf(writers), fresh);
    held = open;
  }

  /**
   * The ids that are dead.
   *
   * @param open the gaps of a read that was done after the newest {@link #observe}
   */
  Ids dead(Ids open) {
    Ids dead = decided.in(open);
    decided = Ids.NONE;
    held = held.without(dead);
    return dead;
  }

  private void suspect(Set<Writer> holders, Ids ids) {
    if (ids.isEmpty()) {
      return;
    }
    if (holders.isEmpty()) {
      decided = decided.and(ids);
    } else {
      suspects.merge(holders, ids, Ids::and);
    }
  }

  private static Set<Writer> still(Set<Writer> holders, Set<Writer> writers) {
    Set<Writer> still = new HashSet<>(holders);
    still.retainAll(writers);
    return Set.copyOf(still);
  }
}
