package dev.orderwire.gateway.match;

import dev.orderwire.change.Position;
import dev.orderwire.feed.Feed;
import dev.orderwire.gateway.protocol.Frame;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one view sees of the feed from one cursor to another, as one message.
 *
 * @param from the cursor where it begins
 * @param to the cursor after it
 * @param feedPosition what the feed has shown at its end
 * @param complete whether it ends where a moment ends
 * @param full whether it ends because a message may be no larger, or because the table is reset,
 *     and not where the feed ended
 * @param times when its changes were made
 * @param frame the message; null where the view sees none of it. Whoever holds a stretch holds a
 *     reference to it
 */
public record Batch(
    long from,
    long to,
    Position feedPosition,
    boolean complete,
    boolean full,
    List<Instant> times,
    @Nullable Frame frame) {
  public Batch {
    times = List.copyOf(times);
  }

  /** What a view sees where its table is reset: nothing, and it is to be read anew. */
  static Batch atReset(long cursor, Position feedPosition) {
    return new Batch(cursor, cursor, feedPosition, true, true, List.of(), null);
  }

  public boolean isAtReset() {
    return from == to;
  }

  /** Where it ends. */
  public Feed.Place end() {
    return new Feed.Place(to, feedPosition);
  }

  Batch retain() {
    if (frame != null) {
      frame.retain();
    }
    return this;
  }

  public void release() {
    if (frame != null) {
      frame.release();
    }
  }

  int size() {
    return frame == null ? 0 : frame.size();
  }
}
