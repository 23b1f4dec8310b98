package dev.orderwire.gateway.catchup;

import dev.orderwire.change.ErrorCode;
import dev.orderwire.change.Ids;
import dev.orderwire.change.OrderwireException;
import dev.orderwire.change.Position;
import dev.orderwire.change.Table;
import dev.orderwire.feed.Feed;
import dev.orderwire.feed.Feed.Reading;
import dev.orderwire.gateway.protocol.ResetReason;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * Decides whether a client can resume from a position, and where the changes after it are: for live
 * subscriptions, for catch-up and for HTTP. Safe for any number of threads.
 */
public final class Resumption {
  /** The decision. */
  public sealed interface Outcome {
    /**
     * The feed has the changes after the position.
     *
     * @param place where to read on
     * @param whole as in {@link Resumption#isWhole}
     */
    record InFeed(Feed.Place place, boolean whole) implements Outcome {}

    /** Only the change log has the changes after the position, if they are still kept. */
    record InLog() implements Outcome {}

    /** The position is ahead of the feed: only the change log can tell whether it is valid. */
    record AheadOfFeed() implements Outcome {}

    /** The position is not valid: the rows must be read again. */
    record Outdated(ResetReason reason) implements Outcome {}
  }

  private final Source source;

  public Resumption(Source source) {
    this.source = source;
  }

  /**
   * The position that a client sends as {@code since}.
   *
   * @throws OrderwireException {@code unknown_position}
   */
  public static Position parse(String text) {
    try {
      return Position.parse(text);
    } catch (IllegalArgumentException e) {
      throw new OrderwireException(ErrorCode.UNKNOWN_POSITION, "since is " + e.getMessage(), e);
    }
  }

  /**
   * Decides without asking the change log.
   *
   * @param table the table as the client knows it
   * @param end the end of the feed, read before the table
   */
  Outcome atOnce(Table table, Position seen, Feed.Place end) {
    return switch (ofThisLog(table, seen, end)) {
      case Outcome.Outdated outdated -> outdated;
      case Outcome known -> isAhead(seen, end) ? new Outcome.AheadOfFeed() : known;
    };
  }

  /**
   * Decides for any position, with the help of the change log if necessary.
   *
   * @param newestId asks the change log for its newest id; called only if the position is ahead of
   *     the feed
   * @return anything but {@link Outcome.AheadOfFeed}
   */
  public Outcome of(Table table, Position seen, Feed.Place end, LongSupplier newestId) {
    boolean beyondTheLog =
        isSameLog(seen, end) && isAhead(seen, end) && seen.head() > newestId.getAsLong();
    return beyondTheLog ? new Outcome.Outdated(ResetReason.EPOCH) : ofThisLog(table, seen, end);
  }

  /**
   * Decides by the epoch, the feed and the resets of the table. Does not check whether the position
   * is ahead of the feed or beyond the end of the change log: that is up to the caller.
   *
   * @return anything but {@link Outcome.AheadOfFeed}
   */
  Outcome ofThisLog(Table table, Position seen, Feed.Place end) {
    if (!isSameLog(seen, end)) {
      return new Outcome.Outdated(ResetReason.EPOCH);
    }
    Optional<Feed.Place> place = source.feed().placeOf(seen);
    // Checked after the place was read: the feed itself shows any later reset.
    if (source.catalog().isVoid(table, seen)) {
      return new Outcome.Outdated(ResetReason.SCHEMA);
    }
    if (place.isPresent()) {
      return new Outcome.InFeed(place.get(), isWhole(seen, place.get()));
    }
    // The log has changes that the feed leaves out. Without those before the position, which the
    // client never received, they would lead to a state that the table never had.
    return source.catalog().isHeld(table.name())
        ? new Outcome.Outdated(ResetReason.SCHEMA)
        : new Outcome.InLog();
  }

  /** The ids up to {@code last}: those that a reader in the order of ids has seen. */
  public static Ids upTo(long last, Ids ids) {
    return ids.without(new Ids(List.of(new Ids.Range(last + 1, Long.MAX_VALUE))));
  }

  /** Whether the change log is still the one that the position belongs to. */
  boolean isSameLog(Position seen) {
    return isSameLog(seen, source.feed().end());
  }

  private static boolean isSameLog(Position seen, Feed.Place end) {
    return seen.epoch().equals(end.position().epoch());
  }

  private static boolean isAhead(Position seen, Feed.Place end) {
    return seen.head() > end.position().head();
  }

  /**
   * Whether a position is a state that the database had, as far as the feed can tell from the next
   * place. A position within a moment is not, nor a position that covers more than the feed had
   * shown at any one time, as after an interrupted replay.
   */
  boolean isWhole(Position seen, Feed.Place place) {
    return place.position().coversAllOf(seen)
        && switch (source.feed().read(place.cursor() - 1, 1)) {
          case Reading.Moments(var moments) -> moments.isEmpty() || moments.getFirst().complete();
          case Reading.Trimmed() -> true;
        };
  }
}
