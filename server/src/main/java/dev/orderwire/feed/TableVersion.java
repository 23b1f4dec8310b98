package dev.orderwire.feed;

import dev.orderwire.change.Table;

/**
 * The shape of a watched table from one reset row on. A reset row says that the table must be read
 * again: the table was altered, replaced or emptied, or a trigger could not log a row.
 *
 * @param table the shape
 * @param resetId the id of the reset row in the change log: a position that does not cover it says
 *     nothing about the table's rows; 0 for a table that has never been reset
 */
public record TableVersion(Table table, long resetId) {
  /** The newer of two versions of a table: a late reset row does not replace a newer one. */
  public TableVersion orNewer(TableVersion other) {
    return other.resetId < resetId ? this : other;
  }
}
