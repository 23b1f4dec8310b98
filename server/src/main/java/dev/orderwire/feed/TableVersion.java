package dev.orderwire.feed;

import dev.orderwire.change.Table;

/**
 * The shape of a watched table from one reset row on. A reset row says that the table must be read
 * again: the table was altered, replaced or emptied, or a trigger could not log a row.
 *
 * @param table the shape
 * @param resetId the id of the reset row in the change log: a position that does not cover it says
 *     nothing about the table's rows; 0 for a table that has never been reset
 * @param marker the id of the newest marker that is known; 0 if there is none
 */
public record TableVersion(Table table, long resetId, long marker) {
  /** A version without a marker. */
  public TableVersion(Table table, long resetId) {
    this(table, resetId, 0);
  }

  /**
   * Whether no reset has followed the newest marker. Between the two, the log lacks changes of the
   * table.
   */
  public boolean isHeld() {
    return resetId < marker;
  }

  /** This version with one more marker. */
  public TableVersion withMarker(long id) {
    return id <= marker ? this : new TableVersion(table, resetId, id);
  }

  /**
   * The newer of two versions of a table, with the newer of their markers. A late reset row does
   * not replace a newer one.
   */
  public TableVersion orNewer(TableVersion other) {
    return other.resetId < resetId ? withMarker(other.marker) : other.withMarker(marker);
  }
}
