package dev.orderwire.feed;

import dev.orderwire.change.Change;
import dev.orderwire.change.Position;
import java.time.Instant;
import java.util.List;

/**
 * What one read of the change log brought: a step from one consistent state of the database to the
 * next. A very large step comes as several moments in a row, all but the last not {@code complete};
 * only after the last does a client show a state that the database had.
 *
 * @param sequence its number in this feed; the next moment has the next number
 * @param changes by rising id; empty if the step only closes gaps, or only completes an earlier
 *     part
 * @param resets the tables that must be read again, in the shapes they have from here on
 * @param position everything seen, this moment included
 * @param complete false if the step goes on in the next moment
 * @param notBefore none of its changes was visible before, by this machine's clock
 */
public record Moment(
    long sequence,
    List<Change> changes,
    List<TableVersion> resets,
    Position position,
    boolean complete,
    Instant notBefore) {
  public Moment {
    changes = List.copyOf(changes);
    resets = List.copyOf(resets);
  }

  /** Whether a table must be read again from here on. */
  public boolean resets(String table) {
    return !resets.isEmpty()
        && resets.stream().anyMatch(reset -> reset.table().name().equals(table));
  }
}
