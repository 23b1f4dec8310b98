package dev.orderwire.gateway.catchup;

import dev.orderwire.change.Change;
import dev.orderwire.change.ErrorCode;
import dev.orderwire.change.Ids;
import dev.orderwire.change.OrderwireException;
import dev.orderwire.change.Position;
import dev.orderwire.feed.Backlog;
import dev.orderwire.feed.Feed;
import dev.orderwire.gateway.catchup.Blocking.GoneException;
import dev.orderwire.gateway.catchup.Blocking.StalledException;
import dev.orderwire.gateway.catchup.Spool.FailedException;
import dev.orderwire.gateway.protocol.ChangesDraft;
import dev.orderwire.gateway.protocol.GatewayOptions;
import dev.orderwire.gateway.protocol.Limit;
import dev.orderwire.gateway.protocol.PublicError;
import dev.orderwire.gateway.protocol.Traffic;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings one subscription from what its client has to where the feed can take over: by the change
 * log, or by the table's rows where the client has nothing to go on from. Runs on a virtual thread,
 * and goes no faster than the client takes.
 */
public final class CatchUp implements Runnable {
  /** What the client has, and so what is to be done next. */
  sealed interface Have {
    /**
     * All changes of a position.
     *
     * @param midMoment whether it waits for the rest of what committed together
     */
    record Changes(Position seen, boolean midMoment) implements Have {}

    /** The same, given live: its connection was too slow for what the feed holds. */
    record Behind(Position seen, boolean midMoment) implements Have {}

    /**
     * All changes of a position, and some more, as its text could not hold all of it ({@link
     * Position#isAbridged}).
     */
    record Abridged(Position seen) implements Have {}

    /** Rows that a snapshot has given, and nothing after them. */
    record Rows(Position seen) implements Have {}

    /** Something that says nothing any more, for this reason. */
    record Outdated(String reason) implements Have {}

    /** Nothing, as it is new here. */
    record Nothing() implements Have {}
  }

  /** What it takes to catch anybody up. */
  record Tools(
      Source source, Spools spools, Blocking blocking, GatewayOptions options, Traffic traffic) {}

  private static final Logger LOG = LoggerFactory.getLogger(CatchUp.class);

  /** A table that is altered again and again is not followed for ever. */
  private static final int MOST_SNAPSHOTS = 10;

  private final Have begin;
  private final Outlet outlet;
  private final Tools tools;
  private final Source source;
  private int snapshots;

  CatchUp(Have begin, Outlet outlet, Tools tools) {
    this.begin = begin;
    this.outlet = outlet;
    this.tools = tools;
    this.source = tools.source();
  }

  @Override
  public void run() {
    try {
      Have have = begin;
      while (have != null) {
        have = step(have);
      }
    } catch (StalledException e) {
      outlet.fail(
          new OrderwireException(
              ErrorCode.TOO_SLOW,
              "what was missed was not taken in time: read faster, or reconnect with since"));
    } catch (FailedException e) {
      // The log has it already, once for all who waited for it.
      outlet.fail(PublicError.of(e.reason()));
    } catch (OrderwireException e) {
      LOG.warn("A client could not be caught up: {}", e.getMessage());
      outlet.fail(PublicError.of(e));
    } catch (GoneException e) {
      throw e;
    } catch (RuntimeException | OutOfMemoryError e) {
      LOG.error("A client could not be caught up", e);
      outlet.fail(PublicError.of(e));
    }
  }

  private @Nullable Have step(Have have) {
    return switch (have) {
      case Have.Changes(Position seen, boolean midMoment) -> fromChanges(seen, midMoment);
      case Have.Behind(Position seen, boolean midMoment) -> fromChanges(seen, midMoment);
      case Have.Abridged(Position seen) -> fromAbridged(seen);
      case Have.Rows(Position seen) -> afterRows(seen);
      case Have.Outdated(String reason) -> fromRows(reason);
      case Have.Nothing() -> fromRows(null);
    };
  }

  private @Nullable Have fromChanges(Position seen, boolean midMoment) {
    Feed.Place end = source.feed().end();
    if (!seen.epoch().equals(end.position().epoch()) || isBeyondTheLog(seen, end.position())) {
      return new Have.Outdated("epoch");
    }
    Optional<Feed.Place> place = source.feed().placeOf(seen);
    // What the log has forgotten: whether the client was given a moment in part.
    boolean waits = midMoment || place.filter(at -> source.isWhole(seen, at)).isEmpty();
    return goOn(seen, place, waits, end);
  }

  /**
   * What the client has is a state of before now. So all that is visible now, given as one moment
   * on top of it, makes a whole state of it, and nothing less would: it repeats what the client has
   * seen.
   */
  private @Nullable Have fromAbridged(Position seen) {
    Feed.Place end = source.feed().end();
    if (!seen.epoch().equals(end.position().epoch())) {
      return new Have.Outdated("epoch");
    }
    Position now = tools.blocking().inTurn(() -> source.backlog().now(seen));
    return source.catalog().isVoid(outlet.view().table(), seen)
        ? new Have.Outdated("schema")
        : fromLog(seen, false, now, true, end);
  }

  private @Nullable Have afterRows(Position seen) {
    Feed.Place end = source.feed().end();
    return seen.epoch().equals(end.position().epoch())
        ? goOn(seen, source.feed().placeOf(seen), false, end)
        : new Have.Outdated("epoch");
  }

  /**
   * Goes on to the feed.
   *
   * @return what the client has instead, where it cannot go on from there; null where it has, or is
   *     given up
   */
  private @Nullable Have goOn(
      Position seen, Optional<Feed.Place> place, boolean midMoment, Feed.Place end) {
    // Not before there is a place: a reset that comes after this is found there.
    if (source.catalog().isVoid(outlet.view().table(), seen)) {
      return new Have.Outdated("schema");
    }
    if (place.isPresent()) {
      outlet.answer(seen, true);
      outlet.follow(place.get(), seen, midMoment);
      return null;
    }
    return fromLog(seen, midMoment, end.position(), source.isWhole(seen, end), end);
  }

  /** Another server's feed, or a snapshot, may be ahead of this feed; nothing is of the log. */
  private boolean isBeyondTheLog(Position seen, Position feed) {
    return seen.head() > feed.head()
        && seen.head() > tools.blocking().inTurn(() -> source.backlog().newestId());
  }

  /**
   * All that was missed is one moment: between its parts the client shows no state there was.
   *
   * @param target up to where it goes
   * @param endsWhole whether a client that has seen that shows a state there was
   * @param end from where the feed goes on
   */
  private @Nullable Have fromLog(
      Position since, boolean midMoment, Position target, boolean endsWhole, Feed.Place end) {
    Ids missed = target.since(since);
    tools.traffic().replayed();
    Backlog.Page first = page(missed, 0);
    if (!(first instanceof Backlog.Page.Changes(List<Change> page))) {
      return instead(first);
    }
    outlet.answer(since, true);
    boolean waiting = midMoment;
    while (!page.isEmpty()) {
      outlet.awaitTaking();
      long last = page.getLast().id();
      Backlog.Page following = page(missed, last);
      if (!(following instanceof Backlog.Page.Changes(List<Change> next))) {
        return instead(following);
      }
      if (!source.feed().end().position().epoch().equals(since.epoch())) {
        // What these ids are now is not what was missed.
        return new Have.Outdated("epoch");
      }
      if (next.isEmpty()) {
        break;
      }
      waiting |= send(page, since.with(upTo(last, missed)), false, false);
      page = next;
    }
    Position seen = since.and(target);
    boolean sent = send(page, seen, endsWhole, waiting && endsWhole);
    outlet.follow(end, seen, !endsWhole && (waiting || sent));
    return null;
  }

  private @Nullable Have instead(Backlog.Page page) {
    return switch (page) {
      case Backlog.Page.Deleted() -> deleted();
      case Backlog.Page.Incomplete() -> new Have.Outdated("schema");
      case Backlog.Page.Changes(var changes) ->
          throw new IllegalArgumentException("there are " + changes.size() + " changes");
    };
  }

  /**
   * A connection that is too slow for what is kept is not given all the rows unasked: its client
   * comes back when it can take them. Who was away has come back.
   */
  private @Nullable Have deleted() {
    if (begin instanceof Have.Behind) {
      outlet.fail(
          new OrderwireException(
              ErrorCode.TOO_SLOW,
              "what was missed is no longer kept: read faster, or reconnect with since"));
      return null;
    }
    return new Have.Outdated("retention");
  }

  private Backlog.Page page(Ids missed, long after) {
    return tools
        .blocking()
        .inTurn(() ->
            source
                .backlog()
                .page(
                    missed,
                    outlet.view().table().name(),
                    after,
                    tools.options().intLimit(Limit.PAGE_CHANGES),
                    tools.options().limit(Limit.PAGE_BYTES)));
  }

  /** Those of the ids that a reader has dealt with who goes by rising id. */
  public static Ids upTo(long last, Ids ids) {
    return ids.without(new Ids(List.of(new Ids.Range(last + 1, Long.MAX_VALUE))));
  }

  /**
   * @param always whether a message goes out even where the view sees none of the changes
   */
  private boolean send(List<Change> changes, Position position, boolean complete, boolean always) {
    ChangesDraft draft = ChangesDraft.of(outlet.view(), tools.options());
    try {
      changes.forEach(change -> outlet.view().see(change).ifPresent(draft::add));
      if (draft.isEmpty() && !always) {
        return false;
      }
      outlet.send(draft.finish(position, complete));
      tools.traffic().delivered(draft.times().size());
      return true;
    } finally {
      draft.discard();
    }
  }

  private Have fromRows(@Nullable String reason) {
    if (++snapshots > MOST_SNAPSHOTS) {
      throw new OrderwireException(
          ErrorCode.TABLE_ALTERED,
          "table \"%s\" is being altered again and again: try again later"
              .formatted(outlet.view().table().name()));
    }
    return new SnapshotDelivery(outlet, tools).give(reason);
  }
}
