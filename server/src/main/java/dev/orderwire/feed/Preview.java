package dev.orderwire.feed;

import dev.orderwire.change.Position;

/**
 * Sees what happens to a {@link Feed} before its readers can. So whatever a reader finds in the
 * feed, the preview has taken in. Called on the tail's thread: it must not block.
 */
public interface Preview {
  /** The feed is about to show a moment. */
  void onMoment(Moment moment);

  /**
   * The feed is about to start over, as {@link Feed#onRestart} says.
   *
   * @param sequence the end of the feed before
   */
  void onRestart(Position from, long sequence);
}
