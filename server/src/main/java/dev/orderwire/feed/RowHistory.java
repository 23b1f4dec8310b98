package dev.orderwire.feed;

import dev.orderwire.change.Change;
import dev.orderwire.change.Key;
import dev.orderwire.change.Op;
import dev.orderwire.change.OrderwireException;
import dev.orderwire.change.Position;
import dev.orderwire.change.Row;
import dev.orderwire.change.Table;
import java.time.Instant;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Finds the newest changes of one row, and the row. Calls block, and take a bounded time however
 * large the change log is. Safe for any number of threads.
 */
public interface RowHistory {
  /** The most changes that are found. */
  int MOST = 5;

  /**
   * A change of the row in the change log.
   *
   * @param committed false if its transaction is open: nobody else sees it
   */
  record Entry(long id, Op op, Instant at, boolean committed) {}

  /**
   * What was found. The row and the committed changes are of one consistent read.
   *
   * @param newest the newest change first
   * @param searched how many entries of the change log were looked at, from the newest on
   * @param all whether these were all entries
   * @param change the newest committed change; null if there is none, or if its trigger could not
   *     log the row
   * @param key of the row; null if it is not known
   * @param row null if the table has no such row, or if the key is not known
   * @param position of the consistent read
   */
  record Found(
      List<Entry> newest,
      long searched,
      boolean all,
      @Nullable Change change,
      @Nullable Key key,
      @Nullable Row row,
      Position position) {
    public Found {
      newest = List.copyOf(newest);
    }
  }

  /**
   * Finds a row.
   *
   * @param wanted tells the key of the row from others
   * @param key of the row; null if only {@code wanted} can tell it
   * @param seen what the tail had seen before this call; the position of the read covers it
   * @throws TableAlteredException if the table no longer has this shape
   * @throws OrderwireException {@code mysql_unavailable}; {@code bad_key}; {@code unreadable_row}
   *     or {@code row_too_large} if MySQL cannot encode the row
   */
  Found find(Table table, Predicate<Key> wanted, @Nullable Key key, Position seen);
}
