package dev.orderwire.feed;

import dev.orderwire.change.Key;
import dev.orderwire.change.OrderwireException;
import dev.orderwire.change.Position;
import dev.orderwire.change.Row;
import dev.orderwire.change.Table;
import org.jspecify.annotations.Nullable;

/**
 * Reads the rows of a table together with the position that they stand for, from one consistent
 * read: exactly the changes that the position does not cover follow. Calls block. Safe for any
 * number of threads.
 */
public interface SnapshotReader {
  /** Takes a snapshot row by row, on the thread that reads it. */
  interface Rows {
    /** Called once, before the first row. */
    void begin(Position position);

    /**
     * The next row, in the order of the key.
     *
     * @return false to stop here
     */
    boolean row(Row row);
  }

  /**
   * Reads a snapshot. Rows flow while they are read, so a table may have any size; the consistent
   * read stays open as long as {@code rows} takes.
   *
   * @param prefilter the rows to ask the database for; it may let through more
   * @param after only rows with a key after this one
   * @param known what the tail had seen before this call; the snapshot's position covers it
   * @param pageRows how many rows to fetch at a time; a reader that stops wastes the rest of a page
   * @throws TableAlteredException if the table no longer has this shape
   * @throws OrderwireException {@code mysql_unavailable}; {@code bad_key} if {@code after} has
   *     other columns than the table's key; {@code row_too_large} if MySQL cannot encode a row
   */
  void read(
      Table table,
      Prefilter prefilter,
      @Nullable Key after,
      Position known,
      int pageRows,
      Rows rows);
}
