package dev.orderwire.gateway.match;

import dev.orderwire.change.Position;
import dev.orderwire.feed.Feed;
import dev.orderwire.gateway.protocol.ChangesDraft;
import dev.orderwire.gateway.protocol.Frame;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The changes of one view from one cursor of the feed to another, as one message.
 *
 * @param from the cursor where it begins
 * @param to the cursor after it
 * @param feedPosition what the feed has shown at its end
 * @param complete whether it ends at the end of a moment
 * @param full whether it ends before the end of the feed: at the size limit, or before a stop
 * @param times when its changes were made, as {@link ChangesDraft#times} tells it
 * @param stop why the feed cannot be followed at its beginning; {@link Stop#NONE} if it can
 * @param frame the message; null if the view shows none of the changes. Each holder of a batch
 *     holds a reference to it
 */
public record Batch(
    long from,
    long to,
    Position feedPosition,
    boolean complete,
    boolean full,
    List<Instant> times,
    Stop stop,
    @Nullable Frame frame) {
  /** Why a view cannot follow the feed past a moment. */
  public enum Stop {
    NONE,
    /** The table must be read again. */
    RESET,
    /** The moment changes what some of the view's clients may see. */
    MOVE
  }

  public Batch {
    times = List.copyOf(times);
  }

  /** The empty batch before a moment that the view cannot follow past. */
  static Batch at(Stop stop, long cursor, Position feedPosition) {
    return new Batch(cursor, cursor, feedPosition, true, true, List.of(), stop, null);
  }

  /** Whether it is the empty batch before such a moment. */
  public boolean isStop() {
    return stop != Stop.NONE;
  }

  /** The place where it ends. */
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
