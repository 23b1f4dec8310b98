package dev.orderwire.view;

import dev.orderwire.change.Key;
import dev.orderwire.change.Op;
import dev.orderwire.change.Row;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A change as a view shows it. Its op is relative to the view: a row that comes to match is an
 * insert there, and one that stops matching is a delete, whatever SQL did.
 *
 * @param id the change's id in the change log; {@link #NONE} if the row has not changed, but what
 *     the client may see
 * @param row the row after, cut to the view's columns; null on delete
 * @param old on update, the columns of the view that changed, at least one, with their values
 *     before; on delete, the whole row before, cut to the view's columns; null on insert
 * @param hidden for a delete: the row is still there, but the client may no longer see it, and so
 *     nothing of it but the key
 * @param at when the statement that made the change began; or since when the client may see
 *     something else
 * @param actor who made it; null if the row has not changed
 */
public record ViewChange(
    long id,
    Op op,
    Key key,
    @Nullable Row row,
    @Nullable Row old,
    boolean hidden,
    Instant at,
    @Nullable String actor) {
  /** No id in the change log. */
  public static final long NONE = 0;

  public ViewChange {
    if ((row == null) != (op == Op.DELETE) || (old == null) != (op == Op.INSERT)) {
      throw new IllegalArgumentException(
          "change "
              + id
              + ": a delete has no row, an insert has no old row, and all others must be present");
    }
  }
}
