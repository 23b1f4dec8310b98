package dev.orderwire.gateway.catchup;

import dev.orderwire.feed.Backlog;
import dev.orderwire.feed.CaptureCheck;
import dev.orderwire.feed.Catalog;
import dev.orderwire.feed.Feed;
import dev.orderwire.feed.RowHistory;
import dev.orderwire.feed.SnapshotReader;

/**
 * The gateway's data sources.
 *
 * @param catalog the watched tables
 * @param feed the newest changes
 * @param backlog the changes that the feed no longer holds
 * @param snapshots the tables' rows
 * @param history the changes of single rows
 * @param capture whether changes are logged
 */
public record Source(
    Catalog catalog,
    Feed feed,
    Backlog backlog,
    SnapshotReader snapshots,
    RowHistory history,
    CaptureCheck capture) {
  /** The same, with another reader of rows. */
  public Source with(SnapshotReader other) {
    return new Source(catalog, feed, backlog, other, history, capture);
  }
}
