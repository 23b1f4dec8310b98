package dev.orderwire.feed;

import dev.orderwire.change.Change;
import dev.orderwire.change.Ids;
import dev.orderwire.change.OrderwireException;
import dev.orderwire.change.Position;
import java.util.List;

/**
 * Replays changes that the feed no longer holds. A visible change never changes, so a replay may
 * take as many calls as its reader needs; nothing stays open between them. Calls block. Safe for
 * any number of threads.
 */
public interface Backlog {
  /** One page of a replay. */
  sealed interface Page {
    /** The next changes, by rising id; empty at the end. */
    record Changes(List<Change> changes) implements Page {
      public Changes {
        changes = List.copyOf(changes);
      }
    }

    /** A trigger could not log a row: the table must be read again. */
    record Incomplete() implements Page {}

    /** Retention has deleted some of the requested changes. */
    record Deleted() implements Page {}
  }

  /**
   * The next changes of a table among {@code ids}, without omissions up to the end of the page.
   *
   * @param afterId the id of the last change of the page before; 0 for the first page
   * @param maxChanges the most changes that a page may have
   * @param maxBytes ends the page early, in characters of the rows' JSON; a page has at least one
   *     change
   * @throws OrderwireException {@code mysql_unavailable}
   */
  Page page(Ids ids, String table, long afterId, int maxChanges, long maxBytes);

  /**
   * Everything that is visible now, by one statement.
   *
   * @param known changes that are known to be visible
   * @throws OrderwireException {@code mysql_unavailable}
   */
  Position now(Position known);

  /**
   * The highest id that is visible now; 0 if there is none.
   *
   * @throws OrderwireException {@code mysql_unavailable}
   */
  long newestId();
}
