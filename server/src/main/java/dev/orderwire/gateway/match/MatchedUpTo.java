package dev.orderwire.gateway.match;

import dev.orderwire.feed.Feed;

/**
 * The end of the moments that were matched to views.
 *
 * @param place the cursor after the last matched moment, and its position
 * @param complete whether a moment ends there
 */
public record MatchedUpTo(Feed.Place place, boolean complete) {
  public long cursor() {
    return place.cursor();
  }
}
