package dev.orderwire.gateway.match;

import dev.orderwire.feed.Feed;

/**
 * Up to where it is known which views the feed's moments concern.
 *
 * @param place the cursor behind the last of them, and its position
 * @param complete whether that is where a moment ends
 */
public record MatchedUpTo(Feed.Place place, boolean complete) {
  public long cursor() {
    return place.cursor();
  }
}
