package dev.orderwire.gateway.match;

import dev.orderwire.change.Change;
import dev.orderwire.change.Position;
import dev.orderwire.feed.Catalog;
import dev.orderwire.feed.Feed;
import dev.orderwire.feed.Feed.Reading;
import dev.orderwire.feed.Moment;
import dev.orderwire.gateway.match.Batch.Stop;
import dev.orderwire.gateway.protocol.ChangesDraft;
import dev.orderwire.gateway.protocol.Frame;
import dev.orderwire.gateway.protocol.GatewayOptions;
import dev.orderwire.gateway.protocol.Limit;
import dev.orderwire.view.Conflation;
import dev.orderwire.view.Membership;
import dev.orderwire.view.View;
import dev.orderwire.view.ViewChange;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The messages of one view at one pace. The first event loop that needs a message encodes it. The
 * message is kept until all event loops have passed it. Safe for any number of threads.
 *
 * @param <W> a watcher: what an event loop keeps for the view
 */
public final class ViewFrames<W> {
  /**
   * Batches for lagging clients end at multiples of this many moments. Wherever the clients begin,
   * they share batches from the next multiple on.
   */
  static final int MOMENTS_BETWEEN_ENDS = 128;

  /** The view's changes of a moment; none if the view only has to stop there. */
  private record Hit(Moment moment, List<ViewChange> changes) {}

  private final PacedView pacedView;
  private final View view;
  private final GatewayOptions options;
  private final Feed feed;
  private final Catalog catalog;
  private final Matcher<W> matcher;
  private final FrameCache<W> cache;
  private final int mostChanges;
  private final int mostBytes;
  private final Map<Long, Batch> byStart = new HashMap<>();

  /** One for each event loop that watches the view. */
  private final List<W> watchers = new CopyOnWriteArrayList<>();

  /** What decides which rows the watchers may see, and for how many of them. */
  private final Map<Membership, Integer> memberships = new ConcurrentHashMap<>();

  /** In the order of their moments; complete from {@link #matchedFrom} on. */
  private final List<Hit> hits = new ArrayList<>(1);

  private long matchedFrom = Long.MAX_VALUE;

  ViewFrames(
      PacedView pacedView,
      Feed feed,
      Catalog catalog,
      Matcher<W> matcher,
      FrameCache<W> cache,
      GatewayOptions options) {
    this.pacedView = pacedView;
    this.view = pacedView.view();
    this.options = options;
    this.feed = feed;
    this.catalog = catalog;
    this.matcher = matcher;
    this.cache = cache;
    this.mostChanges = options.intLimit(Limit.FRAME_CHANGES);
    this.mostBytes = options.intLimit(Limit.FRAME_BYTES);
  }

  public PacedView pacedView() {
    return pacedView;
  }

  public View view() {
    return view;
  }

  public List<W> watchers() {
    return watchers;
  }

  /** Adds the view to the matcher. */
  void startMatching() {
    long from = matcher.add(this);
    synchronized (this) {
      matchedFrom = from;
    }
  }

  /**
   * Adds a change, if the view shows it.
   *
   * @param moment the newest moment
   * @return whether the view shows the change
   */
  boolean add(Moment moment, Change change) {
    Optional<ViewChange> seen = view.see(change);
    if (seen.isPresent() && pacedView.pace().isAtOnce()) {
      synchronized (this) {
        hit(moment).changes().add(seen.get());
      }
    }
    return seen.isPresent();
  }

  synchronized void addStop(Moment moment) {
    Hit _ = hit(moment);
  }

  /** Stops at the moments that change a membership, until {@link #forget(Membership)}. */
  public void follow(Membership membership) {
    if (membership.isFixed()) {
      return;
    }
    memberships.merge(membership, 1, Integer::sum);
    // What was matched and encoded before may go past such a moment.
    long end = feed.end().cursor();
    synchronized (this) {
      matchedFrom = Math.max(matchedFrom, end);
      byStart.values().forEach(Batch::release);
      byStart.clear();
    }
  }

  public void forget(Membership membership) {
    memberships.computeIfPresent(membership, (_, count) -> count == 1 ? null : count - 1);
  }

  /** Whether a moment changes what some of the watchers' clients may see. */
  boolean moves(Moment moment) {
    return !memberships.isEmpty()
        && memberships.keySet().stream().anyMatch(each -> each.changesAt(moment.sequence()));
  }

  private Hit hit(Moment moment) {
    if (hits.isEmpty() || hits.getLast().moment().sequence() != moment.sequence()) {
      hits.add(new Hit(moment, new ArrayList<>(1)));
      cache.hit(this, moment);
    }
    return hits.getLast();
  }

  /** Frees the changes before this cursor. */
  synchronized void forgetUpTo(long cursor) {
    matchedFrom = Math.max(matchedFrom, cursor);
    int gone = 0;
    while (gone < hits.size() && hits.get(gone).moment().sequence() < cursor) {
      gone++;
    }
    hits.subList(0, gone).clear();
  }

  /**
   * The next batch from a cursor.
   *
   * @param end the cursor up to which the caller knows the feed, beyond {@code from}
   * @return for the caller to release; null if the feed no longer reaches back to the cursor
   */
  public synchronized @Nullable Batch from(long from, long end) {
    Batch kept = byStart.get(from);
    if (kept != null && (kept.full() || kept.to() >= end)) {
      return kept.retain();
    }
    Batch made = make(from, end);
    if (made != null && !made.isStop() && cache.keep(this, made)) {
      made.retain();
      Batch shorter = byStart.put(from, made);
      if (shorter != null) {
        shorter.release();
      }
    }
    return made;
  }

  /** The next batch for a single client, which has already seen {@code ahead}. */
  public @Nullable Batch beyond(Position ahead, long from) {
    return encode(from, Long.MAX_VALUE, ahead, false);
  }

  /**
   * The batch of one moment that moves other clients of the view.
   *
   * @param ahead what a single client has already seen; null for the others
   */
  public @Nullable Batch past(@Nullable Position ahead, long sequence) {
    return encode(sequence, sequence + 1, ahead, true);
  }

  private @Nullable Batch make(long from, long end) {
    if (!pacedView.pace().isAtOnce()) {
      return encode(from, Long.MAX_VALUE, null, false);
    }
    MatchedUpTo matched = matcher.matchedUpTo();
    return from >= matchedFrom && end <= matched.cursor()
        ? ofHits(from, matched)
        : encode(from, endAfter(from), null, false);
  }

  private static long endAfter(long cursor) {
    return (cursor / MOMENTS_BETWEEN_ENDS + 1) * MOMENTS_BETWEEN_ENDS;
  }

  /** A batch of the changes that the matcher has found. */
  private @Nullable Batch ofHits(long from, MatchedUpTo end) {
    ChangesDraft draft = ChangesDraft.of(view, options);
    try {
      Feed.Place to = end.place();
      boolean complete = end.complete();
      boolean full = false;
      Moment last = null;
      for (Hit hit : hits) {
        Moment moment = hit.moment();
        if (moment.sequence() < from) {
          continue;
        }
        if (moment.sequence() >= end.cursor()) {
          break;
        }
        Stop stop = stop(moment, null, false);
        if (stop != Stop.NONE && last == null && moment.sequence() == from) {
          return Batch.at(stop, from, moment.position());
        }
        if (stop != Stop.NONE && last == null) {
          // The moments before it show nothing.
          return nothing(from, moment.sequence());
        }
        if (last != null
            && (stop != Stop.NONE
                || draft.size() >= mostBytes
                || draft.times().size() >= mostChanges)) {
          to = new Feed.Place(last.sequence() + 1, last.position());
          complete = last.complete();
          full = true;
          break;
        }
        for (ViewChange change : hit.changes()) {
          draft.add(change, moment.notBefore());
        }
        last = moment;
      }
      Frame frame = draft.isEmpty() ? null : draft.finish(to.position(), complete);
      return new Batch(
          from, to.cursor(), to.position(), complete, full, draft.times(), Stop.NONE, frame);
    } finally {
      draft.discard();
    }
  }

  /** The batch of moments in which the view shows nothing. */
  private @Nullable Batch nothing(long from, long to) {
    return switch (feed.read(to - 1, to, 1)) {
      case Reading.Trimmed() -> null;
      case Reading.Moments(List<Moment> moments) -> {
        Moment last = moments.getFirst();
        yield new Batch(
            from, to, last.position(), last.complete(), true, List.of(), Stop.NONE, null);
      }
    };
  }

  /**
   * A batch read from the feed, for cursors that the matcher does not cover.
   *
   * @param latestEnd the last cursor at which the batch may end
   * @param past whether to go past a moment that moves clients
   */
  private @Nullable Batch encode(
      long from, long latestEnd, @Nullable Position ahead, boolean past) {
    return switch (feed.read(from, latestEnd, mostChanges)) {
      case Reading.Trimmed() -> null;
      case Reading.Moments(List<Moment> moments) -> encode(from, latestEnd, moments, ahead, past);
    };
  }

  private Batch encode(
      long from, long latestEnd, List<Moment> moments, @Nullable Position ahead, boolean past) {
    ChangesDraft draft = ChangesDraft.of(view, options);
    Conflation conflation = new Conflation();
    boolean atOnce = pacedView.pace().isAtOnce();
    try {
      Moment last = null;
      int changes = 0;
      Stop stop = Stop.NONE;
      for (Moment moment : moments) {
        stop = stop(moment, ahead, past);
        if (stop != Stop.NONE || draft.size() >= mostBytes) {
          break;
        }
        last = moment;
        changes += moment.changes().size();
        add(
            moment,
            ahead,
            atOnce ? change -> draft.add(change, moment.notBefore()) : conflation::add);
      }
      for (ViewChange change : conflation.changes()) {
        draft.add(change, moments.getFirst().notBefore());
      }
      if (last == null) {
        return Batch.at(stop, from, moments.getFirst().position());
      }
      boolean full =
          stop != Stop.NONE
              || changes >= mostChanges
              || draft.size() >= mostBytes
              || last.sequence() + 1 == latestEnd;
      Position position = ahead == null ? last.position() : ahead.and(last.position());
      // A client with parts of later moments shows no state of the database until they are
      // complete.
      boolean complete = last.complete() && (ahead == null || last.position().coversAllOf(ahead));
      Frame frame = draft.isEmpty() ? null : draft.finish(position, complete);
      return new Batch(
          from,
          last.sequence() + 1,
          last.position(),
          complete,
          full,
          draft.times(),
          Stop.NONE,
          frame);
    } finally {
      draft.discard();
    }
  }

  private Stop stop(Moment moment, @Nullable Position ahead, boolean past) {
    if (resets(moment, ahead)) {
      return Stop.RESET;
    }
    return !past && moves(moment) ? Stop.MOVE : Stop.NONE;
  }

  /** Whether a moment resets the view. It does not for a client that has newer rows already. */
  private boolean resets(Moment moment, @Nullable Position ahead) {
    return moment.resets(view.table().name())
        && (ahead == null || catalog.isVoid(view.table(), ahead));
  }

  private void add(Moment moment, @Nullable Position ahead, Consumer<ViewChange> to) {
    for (Change change : moment.changes()) {
      if (change.table().equals(view.table().name())
          && (ahead == null || !ahead.covers(change.id()))) {
        view.see(change).ifPresent(to);
      }
    }
  }

  synchronized void forget(Batch batch) {
    if (byStart.remove(batch.from(), batch)) {
      batch.release();
    }
  }

  /** Called when the last watcher has left. */
  void end() {
    matcher.remove(this);
    synchronized (this) {
      byStart.values().forEach(Batch::release);
      byStart.clear();
    }
  }
}
