package dev.orderwire.gateway;

import dev.orderwire.changelog.Catalog;
import dev.orderwire.feed.Feed;
import dev.orderwire.view.View;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The views that are watched, and what is kept of their messages: as long as an event loop may
 * still need it, and within a bound. For any number of threads.
 */
final class Frames {
  private record Kept(ViewFrames view, Stretch stretch) {}

  private final Feed feed;
  private final Catalog catalog;
  private final GatewayOptions options;
  private final Map<View, ViewFrames> views = new ConcurrentHashMap<>();
  private final ArrayDeque<Kept> kept = new ArrayDeque<>();
  private long keptBytes;

  Frames(Feed feed, Catalog catalog, GatewayOptions options) {
    this.feed = feed;
    this.catalog = catalog;
    this.options = options;
  }

  /** The messages of a view, the same for all equal views until each has called {@link #leave}. */
  ViewFrames watch(View view) {
    return views.compute(
        view,
        (_, known) -> {
          ViewFrames frames =
              known == null ? new ViewFrames(view, feed, catalog, this, options) : known;
          frames.watchers++;
          return frames;
        });
  }

  void leave(ViewFrames view) {
    views.computeIfPresent(
        view.view(),
        (_, known) -> {
          if (--known.watchers > 0) {
            return known;
          }
          known.forgetAll();
          return null;
        });
  }

  /** Whether there is room to keep this one. */
  synchronized boolean keep(ViewFrames view, Stretch stretch) {
    if (keptBytes + stretch.size() > options.limit(Limit.SHARED_BYTES)) {
      return false;
    }
    keptBytes += stretch.size();
    kept.add(new Kept(view, stretch));
    return true;
  }

  /** Lets go what ends at a cursor that every event loop has passed. */
  void passed(long cursor) {
    for (Kept each : takeUpTo(cursor)) {
      each.view().forget(each.stretch());
    }
  }

  private synchronized List<Kept> takeUpTo(long cursor) {
    List<Kept> taken = new ArrayList<>();
    while (!kept.isEmpty() && kept.getFirst().stretch().to() <= cursor) {
      keptBytes -= kept.getFirst().stretch().size();
      taken.add(kept.removeFirst());
    }
    return taken;
  }
}
