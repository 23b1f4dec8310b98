package dev.orderwire.gateway.catchup;

import dev.orderwire.change.Position;
import dev.orderwire.gateway.protocol.ResetReason;

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

  /** The rows of a snapshot, and no change after them. */
  record Rows(Position seen) implements ClientState {}

  /** A position, or rows, that are no longer valid. */
  record Outdated(ResetReason reason) implements ClientState {}

  /** Nothing: the client is new. */
  record Nothing() implements ClientState {}
}
