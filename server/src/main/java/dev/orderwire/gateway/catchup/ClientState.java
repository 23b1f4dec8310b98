package dev.orderwire.gateway.catchup;

import dev.orderwire.change.Change;
import dev.orderwire.change.Position;
import dev.orderwire.feed.Feed;
import dev.orderwire.gateway.protocol.ResetReason;
import dev.orderwire.view.View;
import java.time.Instant;
import java.util.List;

/** The data that a client has. It decides what the client needs next. */
sealed interface ClientState {
  /**
   * All changes of a position.
   *
   * @param midMoment whether the client waits for the rest of a moment
   */
  record Changes(Position seen, boolean midMoment) implements ClientState {}

  /** Like {@link Changes}, for a live client whose connection was too slow for the feed. */
  record Behind(Position seen, boolean midMoment) implements ClientState {}

  /**
   * All changes of a position, and some that its text has no room for ({@link
   * Position#isAbridged}).
   */
  record Abridged(Position seen) implements ClientState {}

  /**
   * The rows of another view, which differs only in its rows: the client may see others now.
   *
   * @param before the other view
   * @param seen the changes of a position in the other view
   * @param next where to read on
   * @param changes of the moment that changed what the client may see, the last one before {@code
   *     next}; none of them was seen
   * @param complete whether {@code next} is at the end of a moment
   * @param midMoment whether the client waits for the rest of a moment
   * @param since when it may see them
   */
  record Moved(
      View before,
      Position seen,
      Feed.Place next,
      List<Change> changes,
      boolean complete,
      boolean midMoment,
      Instant since)
      implements ClientState {
    public Moved {
      changes = List.copyOf(changes);
    }

    /** What counts as seen at {@code next}. */
    Position position() {
      return seen.and(next.position());
    }
  }

  /** The rows of a snapshot, and no change after them. */
  record Rows(Position seen) implements ClientState {}

  /** A position, or rows, that are no longer valid. */
  record Outdated(ResetReason reason) implements ClientState {}

  /** Nothing: the client is new. */
  record Nothing() implements ClientState {}
}
