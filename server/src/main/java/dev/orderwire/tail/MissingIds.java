package dev.orderwire.tail;

import dev.orderwire.change.Ids;
import dev.orderwire.changelog.LoggedIds;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayDeque;

/**
 * Collects the ids that a walk up the change log does not meet and that may still become visible.
 * Its memory is bounded, however many ids were rolled back in the log's life: of those below the
 * newest {@link #RANGES} ranges, only the ones are kept whose row is there, uncommitted. One with
 * no row could come only from a statement that got its id, and has stood still ever since, while
 * beside it more transactions rolled back than there are ranges.
 */
final class MissingIds {
  static final int RANGES = 10_000;
  private static final int LOOKED_FOR_AT_ONCE = 1_000;

  private final Connection session;
  private final ArrayDeque<Ids.Range> newest = new ArrayDeque<>();
  private final Ids.Builder older = new Ids.Builder();
  private long last;

  /**
   * @param session to look for rows in while the walk goes on
   */
  MissingIds(Connection session) {
    this.session = session;
  }

  /** The next id that is visible; they rise. */
  void seen(long id) throws SQLException {
    if (id > last + 1) {
      newest.add(new Ids.Range(last + 1, id - 1));
      if (newest.size() == RANGES + LOOKED_FOR_AT_ONCE) {
        lookForOldest();
      }
    }
    last = id;
  }

  private void lookForOldest() throws SQLException {
    Ids.Builder oldest = new Ids.Builder();
    while (newest.size() > RANGES) {
      Ids.Range range = newest.remove();
      oldest.add(range.first(), range.last());
    }
    for (Ids.Range range : LoggedIds.includingUncommitted(session, oldest.build()).ranges()) {
      older.add(range.first(), range.last());
    }
  }

  /** Those that may still become visible. */
  Ids open() {
    newest.forEach(range -> older.add(range.first(), range.last()));
    return older.build();
  }
}
