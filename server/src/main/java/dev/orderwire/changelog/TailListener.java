package dev.orderwire.changelog;

import dev.orderwire.change.Change;
import dev.orderwire.change.Position;
import java.util.List;

/** Who is told what the tail reads. */
@FunctionalInterface
public interface TailListener {
  /**
   * A step from one consistent state to the next, or a part of one. Called on the tail's thread, in
   * order, one call at a time; while it blocks, nobody gets anything.
   *
   * @param changes by rising id; none where only gaps died, or where an earlier part is now
   *     complete
   * @param position all that has been seen, these changes included
   * @param complete false where the step goes on with the next call
   */
  void onMoment(List<Change> changes, Position position, boolean complete);
}
