package dev.orderwire.gateway;

import dev.orderwire.change.Change;
import dev.orderwire.change.Position;
import dev.orderwire.changelog.Catalog;
import dev.orderwire.feed.Feed;
import dev.orderwire.feed.Feed.Reading;
import dev.orderwire.feed.Moment;
import dev.orderwire.view.View;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The messages of one view: each made once, by the first event loop that needs it, and kept until
 * all loops have gone past it. For any number of threads.
 */
final class ViewFrames {
  private final View view;
  private final GatewayOptions options;
  private final Feed feed;
  private final Catalog catalog;
  private final Frames frames;
  private final int mostChanges;
  private final int mostBytes;
  private final Map<Long, Stretch> byStart = new HashMap<>();

  /** How many watch this view; changed by {@link Frames} alone. */
  int watchers;

  ViewFrames(View view, Feed feed, Catalog catalog, Frames frames, GatewayOptions options) {
    this.view = view;
    this.options = options;
    this.feed = feed;
    this.catalog = catalog;
    this.frames = frames;
    this.mostChanges = options.intLimit(Limit.FRAME_CHANGES);
    this.mostBytes = options.intLimit(Limit.FRAME_BYTES);
  }

  View view() {
    return view;
  }

  /**
   * What is new from a cursor on.
   *
   * @param end how far the caller knows the feed to reach, beyond {@code from}
   * @return for the caller to release; null where the feed no longer reaches back to the cursor
   */
  synchronized @Nullable Stretch from(long from, long end) {
    Stretch kept = byStart.get(from);
    if (kept != null && (kept.full() || kept.to() >= end)) {
      return kept.retain();
    }
    Stretch made = encode(from, null);
    if (made != null && !made.isAtReset() && frames.keep(this, made)) {
      made.retain();
      Stretch shorter = byStart.put(from, made);
      if (shorter != null) {
        shorter.release();
      }
    }
    return made;
  }

  /** The same, for one who has seen {@code ahead} already: for that one alone. */
  @Nullable Stretch beyond(Position ahead, long from) {
    return encode(from, ahead);
  }

  private @Nullable Stretch encode(long from, @Nullable Position ahead) {
    return switch (feed.read(from, mostChanges)) {
      case Reading.Trimmed() -> null;
      case Reading.Moments(List<Moment> moments) -> encode(from, moments, ahead);
    };
  }

  private Stretch encode(long from, List<Moment> moments, @Nullable Position ahead) {
    ChangesDraft draft = ChangesDraft.of(view, options);
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
        add(moment, ahead, draft);
      }
      if (last == null) {
        return Stretch.atReset(from, moments.getFirst().position());
      }
      boolean full = reset || changes >= mostChanges || draft.size() >= mostBytes;
      Position position = ahead == null ? last.position() : ahead.and(last.position());
      // Who has parts of later moments too shows no state that there was before they are whole.
      boolean complete = last.complete() && (ahead == null || last.position().coversAllOf(ahead));
      Frame frame = draft.isEmpty() ? null : draft.finish(position, complete);
      return new Stretch(
          from, last.sequence() + 1, last.position(), complete, full, draft.times(), frame);
    } finally {
      draft.discard();
    }
  }

  /** Who has the rows of after a reset already is not to be given them again. */
  private boolean resets(Moment moment, @Nullable Position ahead) {
    return moment.reset().contains(view.table().name())
        && (ahead == null || catalog.isVoid(view.table(), ahead));
  }

  private void add(Moment moment, @Nullable Position ahead, ChangesDraft draft) {
    for (Change change : moment.changes()) {
      if (change.table().equals(view.table().name())
          && (ahead == null || !ahead.covers(change.id()))) {
        view.see(change).ifPresent(draft::add);
      }
    }
  }

  synchronized void forget(Stretch stretch) {
    if (byStart.remove(stretch.from(), stretch)) {
      stretch.release();
    }
  }

  synchronized void forgetAll() {
    byStart.values().forEach(Stretch::release);
    byStart.clear();
  }
}
