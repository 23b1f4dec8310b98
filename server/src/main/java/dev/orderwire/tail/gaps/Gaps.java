package dev.orderwire.tail.gaps;

import dev.orderwire.change.Ids;
import dev.orderwire.changelog.LoggedIds;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The ids below the head that are not visible, and what each of them waits for. Elapsed time plays
 * no role. A gap passes through these states:
 *
 * <ol>
 *   <li><b>pending</b>: a running statement may have the id, and may be about to write its row. The
 *       gap waits until <em>all</em> statements have ended that ran when it was first seen; later
 *       statements have later ids.
 *   <li><b>ready</b>: its row is in the log, perhaps uncommitted, or never will be. The caller
 *       looks it up ({@link LoggedIds#includingUncommitted}).
 *   <li><b>uncommitted</b>: its row is there, and its transaction is open. The gap waits until
 *       <em>one</em> of the transactions has ended that were open then, and is ready again.
 *   <li><b>dead</b>: its row is not there. MySQL assigns an id only once.
 * </ol>
 *
 * <p>So an idle transaction keeps only its own gaps, not those of the transactions that roll back
 * beside it. For the tail's thread only.
 */
public final class Gaps {
  /** By the statements that each gap waits for. */
  private final Map<Set<String>, Ids> pending = new HashMap<>();

  /** By the transactions that were open when the row was looked up. */
  private final Map<Set<String>, Ids> uncommitted = new HashMap<>();

  private Ids known = Ids.NONE;
  private Ids ready = Ids.NONE;
  private Ids dead = Ids.NONE;
  private @Nullable OpenWriters newest;

  /**
   * Takes note of the open writers.
   *
   * @param open the gaps of a read that was done before {@code writers} were found
   * @return the gaps that are ready: look up their rows, then call {@link #resolve}
   */
  public Ids observe(Ids open, OpenWriters writers) {
    ready = ready.in(open);
    dead = dead.in(open);
    Map<Set<String>, Ids> before = Map.copyOf(pending);
    pending.clear();
    before.forEach((statements, ids) -> addPending(statements, ids.in(open), writers));
    addPending(writers.statements(), open.without(known), writers);
    uncommitted
        .entrySet()
        .removeIf(entry -> {
          boolean allStillOpen = writers.transactions().containsAll(entry.getKey());
          if (entry.getKey().isEmpty() || !allStillOpen) {
            ready = ready.and(entry.getValue().in(open));
            return true;
          }
          return false;
        });
    known = open;
    newest = writers;
    return ready;
  }

  private void addPending(Set<String> statements, Ids ids, OpenWriters writers) {
    if (ids.isEmpty()) {
      return;
    }
    Set<String> running = new HashSet<>(statements);
    running.retainAll(writers.statements());
    if (running.isEmpty()) {
      ready = ready.and(ids);
    } else {
      pending.merge(Set.copyOf(running), ids, Ids::and);
    }
  }

  /**
   * Decides the gaps that are ready.
   *
   * @param logged those whose row is there, looked up after the newest {@link #observe}
   */
  public void resolve(Ids logged) {
    Ids alive = ready.in(logged);
    if (!alive.isEmpty() && newest != null) {
      uncommitted.merge(newest.transactions(), alive, Ids::and);
    }
    dead = dead.and(ready.without(logged));
    ready = Ids.NONE;
  }

  /** Returns the dead gaps among {@code open}, and forgets all dead gaps. */
  public Ids takeDead(Ids open) {
    Ids taken = dead.in(open);
    dead = Ids.NONE;
    known = known.without(taken);
    return taken;
  }
}
