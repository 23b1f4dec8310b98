package dev.orderwire.gateway.match;

import dev.orderwire.feed.Catalog;
import dev.orderwire.feed.Feed;
import dev.orderwire.feed.Moment;
import dev.orderwire.gateway.protocol.GatewayOptions;
import dev.orderwire.gateway.protocol.Limit;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The views that are watched, and what is kept of their messages: as long as an event loop may
 * still need it, and within a bound. For any number of threads.
 *
 * @param <W> as in {@link ViewFrames}
 */
public final class FrameCache<W> {
  private record Kept<W>(ViewFrames<W> view, Batch stretch) {}

  private record Noted<W>(ViewFrames<W> view, long sequence) {}

  private final Feed feed;
  private final Catalog catalog;
  private final Matcher<W> matcher;
  private final GatewayOptions options;
  private final Map<PacedView, ViewFrames<W>> views = new ConcurrentHashMap<>();
  private final ArrayDeque<Kept<W>> kept = new ArrayDeque<>();
  private final ArrayDeque<Noted<W>> noted = new ArrayDeque<>();
  private long keptBytes;

  public FrameCache(Feed feed, Catalog catalog, Matcher<W> matcher, GatewayOptions options) {
    this.feed = feed;
    this.catalog = catalog;
    this.matcher = matcher;
    this.options = options;
  }

  /** The messages of a view, the same for all who watch it at this pace, until all have left. */
  public ViewFrames<W> join(PacedView watch, W watchers) {
    return views.compute(
        watch,
        (_, known) -> {
          ViewFrames<W> frames =
              known == null
                  ? new ViewFrames<>(watch, feed, catalog, matcher, this, options)
                  : known;
          frames.watchers().add(watchers);
          if (known == null) {
            frames.find();
          }
          return frames;
        });
  }

  public void leave(ViewFrames<W> view, W watchers) {
    views.computeIfPresent(
        view.watch(),
        (_, known) -> {
          known.watchers().remove(watchers);
          if (!known.watchers().isEmpty()) {
            return known;
          }
          known.end();
          return null;
        });
  }

  /** Whether there is room to keep this one. */
  synchronized boolean keep(ViewFrames<W> view, Batch stretch) {
    if (keptBytes + stretch.size() > options.limit(Limit.SHARED_BYTES)) {
      return false;
    }
    keptBytes += stretch.size();
    kept.add(new Kept<>(view, stretch));
    return true;
  }

  /** A view holds something of this moment. */
  synchronized void noted(ViewFrames<W> view, Moment moment) {
    noted.add(new Noted<>(view, moment.sequence()));
  }

  /** Lets go what ends at a cursor that every event loop has passed. */
  public void passed(long cursor) {
    List<Kept<W>> stretches = new ArrayList<>();
    Map<ViewFrames<W>, Long> hits = new LinkedHashMap<>();
    synchronized (this) {
      while (!kept.isEmpty() && kept.getFirst().stretch().to() <= cursor) {
        keptBytes -= kept.getFirst().stretch().size();
        stretches.add(kept.removeFirst());
      }
      while (!noted.isEmpty() && noted.getFirst().sequence() < cursor) {
        Noted<W> each = noted.removeFirst();
        hits.put(each.view(), each.sequence() + 1);
      }
    }
    stretches.forEach(each -> each.view().forget(each.stretch()));
    hits.forEach(ViewFrames::forgetUpTo);
  }
}
