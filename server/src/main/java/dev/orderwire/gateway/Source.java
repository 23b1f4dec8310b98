package dev.orderwire.gateway;

import dev.orderwire.changelog.Catalog;
import dev.orderwire.changelog.Replay;
import dev.orderwire.changelog.Snapshots;
import dev.orderwire.feed.Feed;

/**
 * Where the gateway has from what it serves.
 *
 * @param catalog the tables there are
 * @param feed what is new
 * @param replay what is no longer in the feed
 * @param snapshots the tables' rows as they are now
 */
public record Source(Catalog catalog, Feed feed, Replay replay, Snapshots snapshots) {}
