package dev.orderwire.gateway;

import dev.orderwire.change.Change;
import dev.orderwire.change.Ids;
import dev.orderwire.change.OrderwireException;
import dev.orderwire.change.Position;
import dev.orderwire.changelog.Replay;
import dev.orderwire.changelog.SqlCondition;
import dev.orderwire.feed.Feed;
import dev.orderwire.feed.Feed.Reading;
import dev.orderwire.gateway.Blocking.GoneException;
import dev.orderwire.gateway.Blocking.StalledException;
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
final class CatchUp implements Runnable {
  /** What the client has. */
  sealed interface Have {
    /**
     * All changes of a position.
     *
     * @param midMoment whether it waits for the rest of what committed together
     */
    record Changes(Position seen, boolean midMoment) implements Have {}

    /** A position that says nothing any more, for this reason. */
    record Outdated(String reason) implements Have {}

    /** Nothing, as it is new here. */
    record Nothing() implements Have {}
  }

  /** What was missed is no longer in the change log. */
  private static final class DeletedException extends RuntimeException {
    private static final long serialVersionUID = 1;
  }

  private static final Logger LOG = LoggerFactory.getLogger(CatchUp.class);

  private final Have have;
  private final Outlet outlet;
  private final Source source;
  private final Blocking blocking;
  private final GatewayOptions options;
  private final Traffic traffic;

  CatchUp(
      Have have,
      Outlet outlet,
      Source source,
      Blocking blocking,
      GatewayOptions options,
      Traffic traffic) {
    this.have = have;
    this.outlet = outlet;
    this.source = source;
    this.blocking = blocking;
    this.options = options;
    this.traffic = traffic;
  }

  @Override
  public void run() {
    try {
      switch (have) {
        case Have.Changes(Position seen, boolean midMoment) -> {
          try {
            fromChanges(seen, midMoment);
          } catch (DeletedException e) {
            fromRows("retention");
          }
        }
        case Have.Outdated(String reason) -> fromRows(reason);
        case Have.Nothing() -> fromRows(null);
      }
    } catch (StalledException e) {
      outlet.fail(
          new OrderwireException(
              "too_slow",
              "what was missed was not taken in time: read faster, or reconnect with since"));
    } catch (OrderwireException e) {
      LOG.warn("A client could not be caught up: {}", e.getMessage());
      outlet.fail(Refusal.told(e));
    } catch (GoneException e) {
      throw e;
    } catch (RuntimeException e) {
      LOG.error("A client could not be caught up", e);
      outlet.fail(Refusal.internal(e));
    }
  }

  private void fromChanges(Position seen, boolean midMoment) {
    Feed.Place end = source.feed().end();
    if (!seen.epoch().equals(end.position().epoch()) || isBeyondTheLog(seen, end.position())) {
      fromRows("epoch");
      return;
    }
    Optional<Feed.Place> place = source.feed().placeOf(seen);
    if (place.isPresent()) {
      outlet.answer(seen, true);
      outlet.follow(place.get(), seen, midMoment);
    } else {
      fromLog(seen, midMoment, end);
    }
  }

  /** Another server's feed, or a snapshot, may be ahead of this feed; nothing is of the log. */
  private boolean isBeyondTheLog(Position seen, Position feed) {
    return seen.head() > feed.head()
        && seen.head() > blocking.inTurn(() -> source.replay().newestId());
  }

  /** All that was missed is one moment: between its parts the client shows no state there was. */
  private void fromLog(Position since, boolean midMoment, Feed.Place end) {
    boolean endsWhole = endsWhole(end);
    Ids missed = end.position().since(since);
    traffic.replayed();
    List<Change> page = page(missed, 0);
    outlet.answer(since, true);
    boolean waiting = midMoment;
    while (!page.isEmpty()) {
      outlet.awaitTaking();
      long last = page.getLast().id();
      List<Change> next = page(missed, last);
      if (next.isEmpty()) {
        break;
      }
      waiting |= send(page, since.with(upTo(last, missed)), false, false);
      page = next;
    }
    Position seen = since.and(end.position());
    boolean sent = send(page, seen, endsWhole, waiting && endsWhole);
    outlet.follow(end, seen, !endsWhole && (waiting || sent));
  }

  private List<Change> page(Ids missed, long after) {
    Replay.Page page =
        blocking.inTurn(() ->
            source
                .replay()
                .page(
                    missed,
                    outlet.view().table().name(),
                    after,
                    options.intLimit(Limit.PAGE_CHANGES),
                    options.limit(Limit.PAGE_BYTES)));
    return switch (page) {
      case Replay.Page.Changes(List<Change> changes) -> changes;
      case Replay.Page.Deleted() -> throw new DeletedException();
    };
  }

  /** Those of the ids that a reader has dealt with who goes by rising id. */
  static Ids upTo(long last, Ids ids) {
    return ids.without(new Ids(List.of(new Ids.Range(last + 1, Long.MAX_VALUE))));
  }

  /**
   * @param always whether a message goes out even where the view sees none of the changes
   */
  private boolean send(List<Change> changes, Position position, boolean complete, boolean always) {
    ChangesDraft draft = ChangesDraft.of(outlet.view(), options);
    try {
      changes.forEach(change -> outlet.view().see(change).ifPresent(draft::add));
      if (draft.isEmpty() && !always) {
        return false;
      }
      outlet.send(draft.finish(position, complete));
      traffic.delivered(draft.times().size());
      return true;
    } finally {
      draft.discard();
    }
  }

  private boolean endsWhole(Feed.Place end) {
    return switch (source.feed().read(end.cursor() - 1, 1)) {
      case Reading.Moments(var moments) -> moments.isEmpty() || moments.getFirst().complete();
      case Reading.Trimmed() -> true;
    };
  }

  private void fromRows(@Nullable String reset) {
    // Before the snapshot: the changes after this place that it has already are skipped later.
    Feed.Place end = source.feed().end();
    traffic.snapshot();
    SqlCondition condition = outlet.view().condition();
    try (SnapshotWriter writer = new SnapshotWriter(outlet, reset, options)) {
      blocking.inTurn(() -> {
        source
            .snapshots()
            .read(
                outlet.view().table(),
                condition,
                null,
                end.position(),
                options.intLimit(Limit.PAGE_ROWS),
                writer);
        return true;
      });
      outlet.follow(end, writer.finish(), false);
    }
  }
}
