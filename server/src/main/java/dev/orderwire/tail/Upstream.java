package dev.orderwire.tail;

import dev.orderwire.change.Change;
import dev.orderwire.change.Position;
import dev.orderwire.feed.TableVersion;
import java.util.List;
import java.util.Map;

/**
 * What another process has read from the change log, as it arrives here. It only saves the tail a
 * read: whatever is missing, the tail reads itself. For the tail's thread.
 */
public interface Upstream {
  /** The next thing that arrives. */
  sealed interface Next {
    /**
     * A step from one position to the next.
     *
     * @param from what its sender had seen before it
     * @param changes by rising id
     * @param resets the tables that must be read again, in their new shapes
     * @param markers the newest marker of each table that has one in this step
     * @param to everything that its sender has seen, this step included
     * @param complete false if the step goes on with the next one
     */
    record Step(
        Position from,
        List<Change> changes,
        List<TableVersion> resets,
        Map<String, Long> markers,
        Position to,
        boolean complete)
        implements Next {
      public Step {
        changes = List.copyOf(changes);
        resets = List.copyOf(resets);
        markers = Map.copyOf(markers);
      }
    }

    /** Nothing has arrived in time, but the sender was heard of lately. */
    record Nothing() implements Next {}

    /** The sender has not been heard of for too long. */
    record Silent(String cause) implements Next {}
  }

  /**
   * Waits for the next thing that arrives.
   *
   * @param millis how long to wait at most
   */
  Next next(long millis) throws InterruptedException;
}
