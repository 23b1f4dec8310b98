package dev.orderwire.changelog;

import dev.orderwire.change.Ids;
import dev.orderwire.changelog.LogWriters.Activity;
import dev.orderwire.changelog.LogWriters.Sighting;
import dev.orderwire.changelog.LogWriters.Writer;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The ids below head that have not become visible, each with the writers that could still make it
 * so. When the last of them has let go, the id is decided: if the next read does not bring it, its
 * transaction was rolled back, and the gap is dead. No clock has a say in this.
 *
 * <p>A writer that rests, its transaction open and no statement running, can own no id that was
 * handed out while it rested. So one forgotten transaction keeps its own gaps, and not those of all
 * who roll back beside it. For the tail's thread only.
 */
final class Gaps {
  /**
   * @param since the statement after which it rests
   * @param firstId the ids from here on were handed out after it had begun to rest
   */
  private record Rest(long since, long firstId) {}

  private final Map<Set<Writer>, Ids> suspects = new HashMap<>();
  private Map<Writer, Rest> resting = Map.of();
  private Ids decided = Ids.NONE;
  private Ids held = Ids.NONE;

  /**
   * Takes note of who writes now.
   *
   * @param open the gaps of a read that was done before {@code sighting}
   */
  void observe(Ids open, Sighting sighting) {
    Ids fresh = open.without(held);
    Map<Set<Writer>, Ids> before = Map.copyOf(suspects);
    suspects.clear();
    resting = resting(sighting);
    decided = decided.in(open);
    before.forEach((writers, ids) -> suspect(still(writers, sighting), ids.in(open)));
    suspect(sighting.writers().keySet(), fresh);
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

  private Map<Writer, Rest> resting(Sighting sighting) {
    Map<Writer, Rest> now = new HashMap<>();
    sighting
        .writers()
        .forEach((writer, activity) -> {
          if (activity.resting()) {
            now.put(writer, rest(writer, activity, sighting.nextId()));
          }
        });
    return now;
  }

  private Rest rest(Writer writer, Activity activity, long nextId) {
    Rest before = resting.get(writer);
    return before != null && before.since() == activity.statement()
        ? before
        : new Rest(activity.statement(), nextId);
  }

  private void suspect(Set<Writer> writers, Ids ids) {
    if (ids.isEmpty()) {
      return;
    }
    if (writers.isEmpty()) {
      decided = decided.and(ids);
      return;
    }
    Optional<Writer> innocent = writers.stream().filter(w -> !notOf(w, ids).isEmpty()).findFirst();
    if (innocent.isEmpty()) {
      suspects.merge(Set.copyOf(writers), ids, Ids::and);
    } else {
      Ids notOf = notOf(innocent.get(), ids);
      suspect(without(writers, innocent.get()), notOf);
      suspect(writers, ids.without(notOf));
    }
  }

  /** Those of {@code ids} that were handed out while this writer rested. */
  private Ids notOf(Writer writer, Ids ids) {
    Rest rest = resting.get(writer);
    return rest == null || rest.firstId() == Long.MAX_VALUE
        ? Ids.NONE
        : ids.in(new Ids(List.of(new Ids.Range(rest.firstId(), Long.MAX_VALUE))));
  }

  private static Set<Writer> still(Set<Writer> writers, Sighting sighting) {
    Set<Writer> still = new HashSet<>(writers);
    still.retainAll(sighting.writers().keySet());
    return still;
  }

  private static Set<Writer> without(Set<Writer> writers, Writer one) {
    Set<Writer> others = new HashSet<>(writers);
    others.remove(one);
    return others;
  }
}
