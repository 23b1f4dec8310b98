package dev.orderwire.gateway.match;

import dev.orderwire.change.Change;
import dev.orderwire.change.Position;
import dev.orderwire.feed.Catalog;
import dev.orderwire.feed.Feed;
import dev.orderwire.feed.Feed.Reading;
import dev.orderwire.feed.Moment;
import dev.orderwire.gateway.protocol.ChangesDraft;
import dev.orderwire.gateway.protocol.Frame;
import dev.orderwire.gateway.protocol.GatewayOptions;
import dev.orderwire.gateway.protocol.Limit;
import dev.orderwire.view.Conflation;
import dev.orderwire.view.View;
import dev.orderwire.view.ViewChange;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The messages of one view, at one pace: each made once, by the first event loop that needs it, and
 * kept until all loops have gone past it. For any number of threads.
 *
 * @param <W> what an event loop has for the view, to find it again by
 */
public final class ViewFrames<W> {
  /**
   * How many moments lie between two places where a message ends for those who are behind. However
   * they lie apart, from the next such place on they are given the same messages, which are made
   * and held once.
   */
  static final int MOMENTS_BETWEEN_ENDS = 128;

  /** What the view sees of a moment; nothing where the moment only resets its table. */
  private record Hit(Moment moment, List<ViewChange> changes) {}

  private final PacedView watch;
  private final View view;
  private final GatewayOptions options;
  private final Feed feed;
  private final Catalog catalog;
  private final Matcher<W> matcher;
  private final FrameCache<W> frames;
  private final int mostChanges;
  private final int mostBytes;
  private final Map<Long, Batch> byStart = new HashMap<>();

  /** One for each event loop on which it is watched. */
  private final List<W> watchers = new CopyOnWriteArrayList<>();

  /** In the order of their moments; all that there are from {@link #foundFrom} on. */
  private final List<Hit> hits = new ArrayList<>(1);

  private long foundFrom = Long.MAX_VALUE;

  ViewFrames(
      PacedView watch,
      Feed feed,
      Catalog catalog,
      Matcher<W> matcher,
      FrameCache<W> frames,
      GatewayOptions options) {
    this.watch = watch;
    this.view = watch.view();
    this.options = options;
    this.feed = feed;
    this.catalog = catalog;
    this.matcher = matcher;
    this.frames = frames;
    this.mostChanges = options.intLimit(Limit.FRAME_CHANGES);
    this.mostBytes = options.intLimit(Limit.FRAME_BYTES);
  }

  public PacedView watch() {
    return watch;
  }

  public View view() {
    return view;
  }

  public List<W> watchers() {
    return watchers;
  }

  /** Begins to be found. */
  void find() {
    long from = matcher.add(this);
    synchronized (this) {
      foundFrom = from;
    }
  }

  /**
   * Takes note of what the view sees of a change, if anything.
   *
   * @param moment the newest one
   */
  boolean note(Moment moment, Change change) {
    Optional<ViewChange> seen = view.see(change);
    if (seen.isPresent() && watch.pace().isAtOnce()) {
      synchronized (this) {
        hit(moment).changes().add(seen.get());
      }
    }
    return seen.isPresent();
  }

  synchronized void noteReset(Moment moment) {
    Hit _ = hit(moment);
  }

  private Hit hit(Moment moment) {
    if (hits.isEmpty() || hits.getLast().moment().sequence() != moment.sequence()) {
      hits.add(new Hit(moment, new ArrayList<>(1)));
      frames.noted(this, moment);
    }
    return hits.getLast();
  }

  /** What ends at this cursor, or before it, is needed no more. */
  synchronized void forgetUpTo(long cursor) {
    foundFrom = Math.max(foundFrom, cursor);
    int gone = 0;
    while (gone < hits.size() && hits.get(gone).moment().sequence() < cursor) {
      gone++;
    }
    hits.subList(0, gone).clear();
  }

  /**
   * What is new from a cursor on.
   *
   * @param end how far the caller knows the feed to reach, beyond {@code from}
   * @return for the caller to release; null where the feed no longer reaches back to the cursor
   */
  public synchronized @Nullable Batch from(long from, long end) {
    Batch kept = byStart.get(from);
    if (kept != null && (kept.full() || kept.to() >= end)) {
      return kept.retain();
    }
    Batch made = make(from, end);
    if (made != null && !made.isAtReset() && frames.keep(this, made)) {
      made.retain();
      Batch shorter = byStart.put(from, made);
      if (shorter != null) {
        shorter.release();
      }
    }
    return made;
  }

  /** The same, for one who has seen {@code ahead} already: for that one alone. */
  public @Nullable Batch beyond(Position ahead, long from) {
    return encode(from, Long.MAX_VALUE, ahead);
  }

  private @Nullable Batch make(long from, long end) {
    if (!watch.pace().isAtOnce()) {
      return encode(from, Long.MAX_VALUE, null);
    }
    MatchedUpTo known = matcher.known();
    return from >= foundFrom && end <= known.cursor()
        ? ofHits(from, known)
        : encode(from, endAfter(from), null);
  }

  private static long endAfter(long cursor) {
    return (cursor / MOMENTS_BETWEEN_ENDS + 1) * MOMENTS_BETWEEN_ENDS;
  }

  /** Of what was found for the view already. */
  private Batch ofHits(long from, MatchedUpTo end) {
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
        boolean reset = resets(moment, null);
        if (reset && last == null) {
          return Batch.atReset(from, moment.position());
        }
        if (last != null
            && (reset || draft.size() >= mostBytes || draft.times().size() >= mostChanges)) {
          to = new Feed.Place(last.sequence() + 1, last.position());
          complete = last.complete();
          full = true;
          break;
        }
        hit.changes().forEach(draft::add);
        last = moment;
      }
      Frame frame = draft.isEmpty() ? null : draft.finish(to.position(), complete);
      return new Batch(from, to.cursor(), to.position(), complete, full, draft.times(), frame);
    } finally {
      draft.discard();
    }
  }

  /**
   * Out of the feed: for those from before it was known what it has for the view.
   *
   * @param latestEnd the cursor where it ends at the latest
   */
  private @Nullable Batch encode(long from, long latestEnd, @Nullable Position ahead) {
    return switch (feed.read(from, latestEnd, mostChanges)) {
      case Reading.Trimmed() -> null;
      case Reading.Moments(List<Moment> moments) -> encode(from, latestEnd, moments, ahead);
    };
  }

  private Batch encode(long from, long latestEnd, List<Moment> moments, @Nullable Position ahead) {
    ChangesDraft draft = ChangesDraft.of(view, options);
    Conflation conflation = new Conflation();
    Consumer<ViewChange> to = watch.pace().isAtOnce() ? draft::add : conflation::add;
    try {
      Moment last = null;
      int changes = 0;
      boolean reset = false;
      for (Moment moment : moments) {
        reset = resets(moment, ahead);
        if (reset || draft.size() >= mostBytes) {
          break;
        }
        last = moment;
        changes += moment.changes().size();
        add(moment, ahead, to);
      }
      conflation.changes().forEach(draft::add);
      if (last == null) {
        return Batch.atReset(from, moments.getFirst().position());
      }
      boolean full =
          reset
              || changes >= mostChanges
              || draft.size() >= mostBytes
              || last.sequence() + 1 == latestEnd;
      Position position = ahead == null ? last.position() : ahead.and(last.position());
      // Who has parts of later moments too shows no state that there was before they are whole.
      boolean complete = last.complete() && (ahead == null || last.position().coversAllOf(ahead));
      Frame frame = draft.isEmpty() ? null : draft.finish(position, complete);
      return new Batch(
          from, last.sequence() + 1, last.position(), complete, full, draft.times(), frame);
    } finally {
      draft.discard();
    }
  }

  /** Who has the rows of after a reset already is not to be given them again. */
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

  synchronized void forget(Batch stretch) {
    if (byStart.remove(stretch.from(), stretch)) {
      stretch.release();
    }
  }

  /** Nobody watches it any more. */
  void end() {
    matcher.remove(this);
    synchronized (this) {
      byStart.values().forEach(Batch::release);
      byStart.clear();
    }
  }
}
