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
 * The watched views, and a bounded cache of their messages, which are kept while an event loop may
 * still need them. Safe for any number of threads.
 *
 * @param <W> as in {@link ViewFrames}
 */
public final class FrameCache<W> {
  private record Kept<W>(ViewFrames<W> view, Batch batch) {}

  private record Hit<W>(ViewFrames<W> view, long sequence) {}

  private final Feed feed;
  private final Catalog catalog;
  private final Matcher<W> matcher;
  private final GatewayOptions options;
  private final Map<PacedView, ViewFrames<W>> views = new ConcurrentHashMap<>();
  private final ArrayDeque<Kept<W>> kept = new ArrayDeque<>();
  private final ArrayDeque<Hit<W>> hits = new ArrayDeque<>();
  private long keptBytes;

  public FrameCache(Feed feed, Catalog catalog, Matcher<W> matcher, GatewayOptions options) {
    this.feed = feed;
    this.catalog = catalog;
    this.matcher = matcher;
    this.options = options;
  }

  /** The frames of a view. All its watchers share them until the last watcher leaves. */
  public ViewFrames<W> join(PacedView view, W watcher) {
    return views.compute(
        view,
        (_, known) -> {
          ViewFrames<W> frames =
              known == null ? new ViewFrames<>(view, feed, catalog, matcher, this, options) : known;
          frames.watchers().add(watcher);
          if (known == null) {
            frames.startMatching();
          }
          return frames;
        });
  }

  /** Whether a view is watched already, or fewer than {@code most} are. */
  public boolean hasRoomFor(PacedView view, long most) {
    return views.size() < most || views.containsKey(view);
  }

  public void leave(ViewFrames<W> view, W watcher) {
    views.computeIfPresent(
        view.pacedView(),
        (_, known) -> {
          known.watchers().remove(watcher);
          if (!known.watchers().isEmpty()) {
            return known;
          }
          known.end();
          return null;
        });
  }

  /** Keeps a batch. Returns false if there is no room. */
  synchronized boolean keep(ViewFrames<W> view, Batch batch) {
    if (keptBytes + batch.size() > options.limit(Limit.SHARED_BYTES)) {
      return false;
    }
    keptBytes += batch.size();
    kept.add(new Kept<>(view, batch));
    return true;
  }

  /** Records that a view keeps changes of a moment. */
  synchronized void hit(ViewFrames<W> view, Moment moment) {
    hits.add(new Hit<>(view, moment.sequence()));
  }

  /** Frees the batches and changes that every event loop has passed. */
  public void passed(long cursor) {
    List<Kept<W>> batches = new ArrayList<>();
    Map<ViewFrames<W>, Long> forgotten = new LinkedHashMap<>();
    synchronized (this) {
      while (!kept.isEmpty() && kept.getFirst().batch().to() <= cursor) {
        keptBytes -= kept.getFirst().batch().size();
        batches.add(kept.removeFirst());
      }
      while (!hits.isEmpty() && hits.getFirst().sequence() < cursor) {
        Hit<W> hit = hits.removeFirst();
        forgotten.put(hit.view(), hit.sequence() + 1);
      }
    }
    batches.forEach(each -> each.view().forget(each.batch()));
    forgotten.forEach(ViewFrames::forgetUpTo);
  }
}
