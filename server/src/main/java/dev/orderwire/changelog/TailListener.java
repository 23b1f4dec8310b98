package dev.orderwire.changelog;

import dev.orderwire.change.Change;
import dev.orderwire.change.Position;
import java.util.List;
import java.util.Set;

/** Who is told what the tail reads. */
public interface TailListener {
  /**
   * A step from one consistent state to the next, or a part of one. Called on the tail's thread, in
   * order, one call at a time; while it blocks, nobody gets anything.
   *
   * @param changes by rising id; none where only gaps died, or where an earlier part is now
   *     complete
   * @param reset tables that are to be read anew, in the shape that the {@link Catalog} now has: a
   *     table was altered, replaced or emptied, or a trigger could not write a row down
   * @param position all that has been seen, these changes included
   * @param complete false where the step goes on with the next call
   */
  void onMoment(List<Change> changes, Set<String> reset, Position position, boolean complete);

  /**
   * What was passed on before says nothing of what comes: the change log was replaced by another
   * one, or changes that were never read are gone from it. As {@link #onMoment}.
   *
   * @param position what counts as seen; all tables are to be read anew
   */
  void onRestart(Position position);
}
