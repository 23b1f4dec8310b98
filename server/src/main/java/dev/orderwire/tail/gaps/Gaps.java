package dev.orderwire.tail.gaps;

import dev.orderwire.change.Ids;
import dev.orderwire.changelog.LoggedIds;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The ids below head that have not become visible, and what must end before more can be said of
 * each. No clock has a say in this. A gap goes this way:
 *
 * <ol>
 *   <li><b>unplaced</b>: a statement that runs may have got the id, and may be about to write its
 *       row. It waits for the end of <em>all</em> statements that ran when it was first seen;
 *       whoever comes later got later ids.
 *   <li><b>settled</b>: its row is in the log, uncommitted perhaps, or it never will be. Whoever
 *       has the session looks ({@link LoggedIds#includingUncommitted}).
 *   <li><b>placed</b>: its row is there, and its transaction open. It waits for the end of
 *       <em>one</em> of the transactions that were open then, and is settled again.
 *   <li><b>dead</b>: its row is not there. An id is handed out once only.
 * </ol>
 *
 * <p>So a transaction that rests keeps its own gaps alone, and not those of all who roll back
 * beside it. For the tail's thread only.
 */
public final class Gaps {
  private final Map<Set<String>, Ids> unplaced = new HashMap<>();
  private final Map<Set<String>, Ids> placed = new HashMap<>();
  private Ids held = Ids.NONE;
  private Ids settled = Ids.NONE;
  private Ids dead = Ids.NONE;
  private @Nullable OpenWriters newest;

  /**
   * Takes note of who writes now.
   *
   * @param open the gaps of a read that was done before {@code sighting}
   * @return those that are settled: to be looked for, and answered by {@link #found}
   */
  public Ids observe(Ids open, OpenWriters sighting) {
    settled = settled.in(open);
    dead = dead.in(open);
    Map<Set<String>, Ids> before = Map.copyOf(unplaced);
    unplaced.clear();
    before.forEach((statements, ids) -> unplaced(statements, ids.in(open), sighting));
    unplaced(sighting.statements(), open.without(held), sighting);
    placed
        .entrySet()
        .removeIf(entry -> {
          boolean sameAsThen = sighting.transactions().containsAll(entry.getKey());
          if (entry.getKey().isEmpty() || !sameAsThen) {
            settled = settled.and(entry.getValue().in(open));
            return true;
          }
          return false;
        });
    held = open;
    newest = sighting;
    return settled;
  }

  private void unplaced(Set<String> statements, Ids ids, OpenWriters sighting) {
    if (ids.isEmpty()) {
      return;
    }
    Set<String> running = new HashSet<>(statements);
    running.retainAll(sighting.statements());
    if (running.isEmpty()) {
      settled = settled.and(ids);
    } else {
      unplaced.merge(Set.copyOf(running), ids, Ids::and);
    }
  }

  /**
   * Takes note of which of the settled ids have a row.
   *
   * @param there found after the newest {@link #observe}
   */
  public void found(Ids there) {
    Ids alive = settled.in(there);
    if (!alive.isEmpty() && newest != null) {
      placed.merge(newest.transactions(), alive, Ids::and);
    }
    dead = dead.and(settled.without(there));
    settled = Ids.NONE;
  }

  /** Those of {@code open} that are dead; they are let go of. */
  public Ids dead(Ids open) {
    Ids gone = dead.in(open);
    dead = Ids.NONE;
    held = held.without(gone);
    return gone;
  }
}
