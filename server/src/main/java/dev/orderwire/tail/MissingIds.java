package dev.orderwire.tail;

import dev.orderwire.change.Ids;
import dev.orderwire.changelog.LoggedIds;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayDeque;

/**
 * Collects the ids that a walk up the change log does not find and that may still become visible.
 * Memory is bounded, however many ids were rolled back: below the newest {@link #RANGES} ranges,
 * only ids with an uncommitted row are kept. An id without a row could be lost by this only if its
 * statement had stood still since it got the id, while more transactions rolled back beside it than
 * there are ranges.
 */
final class MissingIds {
  static final int RANGES = 10_000;
  private static final int BATCH = 1_000;

  private final Connection session;
  private final ArrayDeque<Ids.Range> newest = new ArrayDeque<>();
  private final Ids.Builder older = new Ids.Builder();
  private long last;

  /**
   * @param session looks up rows while the walk goes on, so it must not be the walk's own
   */
  MissingIds(Connection session) {
    this.session = session;
  }

  /** Takes the next visible id; ids must rise. */
  void addVisible(long id) throws SQLException {
    if (id > last + 1) {
      newest.add(new Ids.Range(last + 1, id - 1));
      if (newest.size() == RANGES + BATCH) {
        lookUpOldest();
      }
    }
    last = id;
  }

  private void lookUpOldest() throws SQLException {
    Ids.Builder oldest = new Ids.Builder();
    while (newest.size() > RANGES) {
      Ids.Range range = newest.remove();
      oldest.add(range.first(), range.last());
    }
    for (Ids.Range range : LoggedIds.includingUncommitted(session, oldest.build()).ranges()) {
      older.add(range.first(), range.last());
    }
  }

  /** The ids that may still become visible. Call it once, at the end of the walk. */
  Ids open() {
    newest.forEach(range -> older.add(range.first(), range.last()));
    return older.build();
  }
}
