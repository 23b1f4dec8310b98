package dev.orderwire.gateway.catchup;

import dev.orderwire.change.Position;
import dev.orderwire.feed.Backlog;
import dev.orderwire.feed.Catalog;
import dev.orderwire.feed.Feed;
import dev.orderwire.feed.Feed.Reading;
import dev.orderwire.feed.SnapshotReader;

/**
 * Where the gateway has from what it serves.
 *
 * @param catalog the tables there are
 * @param feed what is new
 * @param backlog what is no longer in the feed
 * @param snapshots the tables' rows as they are now
 */
public record Source(Catalog catalog, Feed feed, Backlog backlog, SnapshotReader snapshots) {
  /**
   * Whether a position is a state that the database had, as far as one can tell where the feed goes
   * on from it. Not so within a moment; nor where more was seen than the feed had shown at any one
   * time, as when a replay from the log broke off in the middle.
   */
  boolean isWhole(Position seen, Feed.Place place) {
    return place.position().coversAllOf(seen)
        && switch (feed.read(place.cursor() - 1, 1)) {
          case Reading.Moments(var moments) -> moments.isEmpty() || moments.getFirst().complete();
          case Reading.Trimmed() -> true;
        };
  }
}
