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
import dev.orderwire.gateway.catchup.Resumption.Outcome;
import dev.orderwire.gateway.catchup.Spool.FailedException;
import dev.orderwire.gateway.protocol.ChangesDraft;
import dev.orderwire.gateway.protocol.GatewayOptions;
import dev.orderwire.gateway.protocol.Limit;
import dev.orderwire.gateway.protocol.ResetReason;
import dev.orderwire.gateway.protocol.Resource;
import dev.orderwire.gateway.protocol.Traffic;
import dev.orderwire.gateway.protocol.Use;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Brings one subscription from its client's state to the live feed: with changes from the change
 * log, or with a snapshot if the client has no valid position. Runs on a virtual thread, no faster
 * than the client reads.
 */
final class CatchUp implements Runnable {
  /** The parts that all catch-ups share. */
  record Tools(
      Source source,
      Resumption resumption,
      Spools spools,
      DifferingRows differing,
      Failures failures,
      Blocking blocking,
      GatewayOptions options,
      Traffic traffic) {}

  /**
   * The catch-up fails after so many snapshots, because the table, or what the client may see of
   * it, changes again and again.
   */
  private static final int MAX_SNAPSHOTS = 10;

  private final ClientState initial;
  private final Outlet outlet;
  private final Tools tools;
  private final Source source;
  private final Resumption resumption;
  private int snapshots;

  CatchUp(ClientState initial, Outlet outlet, Tools tools) {
    this.initial = initial;
    this.outlet = outlet;
    this.tools = tools;
    this.source = tools.source();
    this.resumption = tools.resumption();
  }

  @Override
  public void run() {
    try {
      ClientState state = initial;
      while (state != null) {
        state = next(state);
      }
    } catch (StalledException e) {
      outlet.fail(
          new OrderwireException(
              ErrorCode.TOO_SLOW,
              "the client took too long to read what it had missed: read faster, or reconnect with"
                  + " since"));
    } catch (FailedException e) {
      // Reported once, for all clients that waited for the snapshot.
      outlet.fail(e.reason());
    } catch (GoneException e) {
      throw e;
    } catch (RuntimeException | OutOfMemoryError e) {
      outlet.fail(tools.failures().failed(Use.of(Resource.CHANGES, outlet.view()), e));
    }
  }

  /** Takes one step. Returns null once the subscription follows the feed, or has failed. */
  private @Nullable ClientState next(ClientState state) {
    return switch (state) {
      case ClientState.Changes(Position seen, boolean midMoment) -> fromChanges(seen, midMoment);
      case ClientState.Behind(Position seen, boolean midMoment) -> fromChanges(seen, midMoment);
      case ClientState.Abridged(Position seen) -> fromAbridged(seen);
      case ClientState.Rows(Position seen) -> fromSnapshot(seen);
      case ClientState.Moved moved -> new MoveDelivery(moved, outlet, tools).send();
      case ClientState.Outdated(ResetReason reason) -> sendRows(reason);
      case ClientState.Nothing() -> sendRows(null);
    };
  }

  private @Nullable ClientState fromChanges(Position seen, boolean midMoment) {
    Feed.Place end = source.feed().end();
    Outcome outcome =
        resumption.of(
            outlet.view().table(),
            seen,
            end,
            () -> tools.blocking().inTurn(() -> source.backlog().newestId()));
    return switch (outcome) {
      case Outcome.Outdated(ResetReason reason) -> new ClientState.Outdated(reason);
      case Outcome.InFeed(Feed.Place place, boolean whole) ->
          follow(place, seen, midMoment || !whole);
      // The client may have only a part of a moment. The log does not tell.
      case Outcome.InLog() -> fromLog(seen, true, end);
      case Outcome.AheadOfFeed() -> throw new IllegalStateException("the log was asked");
    };
  }

  /** Continues after a snapshot: the client has a complete earlier state. */
  private @Nullable ClientState fromSnapshot(Position seen) {
    Feed.Place end = source.feed().end();
    return switch (resumption.ofThisLog(outlet.view().table(), seen, end)) {
      case Outcome.Outdated(ResetReason reason) -> new ClientState.Outdated(reason);
      case Outcome.InFeed(Feed.Place place, boolean _) -> follow(place, seen, false);
      case Outcome.InLog() -> fromLog(seen, false, end);
      case Outcome.AheadOfFeed() -> throw new IllegalStateException("a snapshot is of this log");
    };
  }

  /**
   * Sends every change that is visible now as one moment on top of the client's earlier state. This
   * repeats changes that the client has, but only so does it reach a complete state.
   */
  private @Nullable ClientState fromAbridged(Position seen) {
    Feed.Place end = source.feed().end();
    if (!resumption.isSameLog(seen)) {
      return new ClientState.Outdated(ResetReason.EPOCH);
    }
    Position now = tools.blocking().inTurn(() -> source.backlog().now(seen));
    // Checked after the log was read, so that the catalog is as new as possible. Limit: a reset of
    // unchanged shape (a TRUNCATE) goes unnoticed if this read covers its row before the feed has
    // it.
    return switch (resumption.ofThisLog(outlet.view().table(), seen, end)) {
      case Outcome.Outdated(ResetReason reason) -> new ClientState.Outdated(reason);
      case Outcome _ when source.catalog().isHeld(outlet.view().table().name()) ->
          new ClientState.Outdated(ResetReason.SCHEMA);
      case Outcome _ when !outlet.isAllowedAt(now) -> new ClientState.Outdated(ResetReason.POLICY);
      case Outcome _ -> replay(seen, false, now, true, end);
    };
  }

  private @Nullable ClientState follow(Feed.Place place, Position seen, boolean midMoment) {
    outlet.answer(seen, true);
    outlet.follow(place, seen, midMoment);
    return null;
  }

  private @Nullable ClientState fromLog(Position seen, boolean midMoment, Feed.Place end) {
    if (!outlet.isAllowedAt(end.position())) {
      return new ClientState.Outdated(ResetReason.POLICY);
    }
    return replay(seen, midMoment, end.position(), resumption.isWhole(seen, end), end);
  }

  /**
   * Sends the missed changes from the change log as one moment, because between its messages the
   * client shows a state that the database never had.
   *
   * @param target the position to reach
   * @param endsWhole whether the target is a state that the database had
   * @param end the place in the feed to continue from
   */
  private @Nullable ClientState replay(
      Position since, boolean midMoment, Position target, boolean endsWhole, Feed.Place end) {
    Ids missed = target.since(since);
    tools.traffic().replayed();
    Backlog.Page first = page(missed, 0);
    if (!(first instanceof Backlog.Page.Changes(List<Change> page))) {
      return withoutLog(first);
    }
    outlet.answer(since, true);
    boolean waiting = midMoment;
    while (!page.isEmpty()) {
      outlet.awaitWritable();
      long last = page.getLast().id();
      Backlog.Page following = page(missed, last);
      if (!(following instanceof Backlog.Page.Changes(List<Change> next))) {
        return withoutLog(following);
      }
      if (!resumption.isSameLog(since)) {
        // The ids belong to another change log: these are other changes.
        return new ClientState.Outdated(ResetReason.EPOCH);
      }
      if (next.isEmpty()) {
        break;
      }
      waiting |= send(page, since.with(Resumption.upTo(last, missed)), false, false);
      page = next;
    }
    Position seen = since.and(target);
    boolean sent = send(page, seen, endsWhole, waiting && endsWhole);
    tools.failures().served(Use.of(Resource.CHANGES, outlet.view()));
    outlet.follow(end, seen, !endsWhole && (waiting || sent));
    return null;
  }

  private @Nullable ClientState withoutLog(Backlog.Page page) {
    return switch (page) {
      case Backlog.Page.Deleted() -> deleted();
      case Backlog.Page.Incomplete() -> new ClientState.Outdated(ResetReason.SCHEMA);
      case Backlog.Page.Changes(var changes) ->
          throw new IllegalArgumentException("there are " + changes.size() + " changes");
    };
  }

  /**
   * A live client that is too slow for retention does not get a snapshot unasked: it reconnects
   * when it can take one. A client that resumes has just done so.
   */
  private @Nullable ClientState deleted() {
    if (initial instanceof ClientState.Behind) {
      outlet.fail(
          new OrderwireException(
              ErrorCode.TOO_SLOW,
              "the missed changes are no longer kept: read faster, or reconnect with since"));
      return null;
    }
    return new ClientState.Outdated(ResetReason.RETENTION);
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

  /**
   * Sends changes as one message.
   *
   * @param always whether to send it even if the view shows none of the changes
   * @return whether a message was sent
   */
  private boolean send(List<Change> changes, Position position, boolean complete, boolean always) {
    ChangesDraft draft = ChangesDraft.of(outlet.view(), tools.options());
    try {
      for (Change change : changes) {
        outlet.view().see(change).ifPresent(seen -> draft.add(seen, seen.at()));
      }
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

  private ClientState sendRows(@Nullable ResetReason reason) {
    outlet.requireOpen();
    if (++snapshots > MAX_SNAPSHOTS) {
      throw new OrderwireException(
          ErrorCode.TABLE_ALTERED,
          "table \"%s\", or what you may see of it, changes again and again: try again later"
              .formatted(outlet.view().table().name()));
    }
    return new SnapshotDelivery(outlet, tools).send(reason);
  }
}
