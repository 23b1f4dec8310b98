package dev.orderwire.gateway.catchup;

import dev.orderwire.feed.Backlog;
import dev.orderwire.feed.Catalog;
import dev.orderwire.feed.Feed;
import dev.orderwire.feed.SnapshotReader;

/**
 * The gateway's data sources.
 *
 * @param catalog the watched tables
 * @param feed the newest changes
 * @param backlog the changes that the feed no longer holds
 * @param snapshots the tables' rows
 */
public record Source(Catalog catalog, Feed feed, Backlog backlog, SnapshotReader snapshots) {}
