package dev.orderwire.change;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One committed change of one row, as the change log holds it.
 *
 * @param id the change log's id: unique, and rising among the changes of one row
 * @param table the table's name, as MySQL spells it
 * @param op what happened
 * @param key identifies the row
 * @param before the whole row before; null for an insert
 * @param after the whole row after; null for a delete
 * @param at when the statement that made the change began, in UTC, with microseconds
 * @param actor who made it: {@code @orderwire_actor} in the writer's session, or else its MySQL
 *     user
 */
public record Change(
    long id,
    String table,
    Op op,
    Key key,
    @Nullable Row before,
    @Nullable Row after,
    Instant at,
    String actor) {
  public Change {
    if ((before == null) != (op == Op.INSERT) || (after == null) != (op == Op.DELETE)) {
      throw new IllegalArgumentException(
          "change "
              + id
              + ": an insert has no row before, a delete has no row after, and all others must be present");
    }
  }
}
