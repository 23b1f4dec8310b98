package dev.orderwire.gateway.match;

import dev.orderwire.change.Change;
import dev.orderwire.feed.Feed;
import dev.orderwire.feed.Feed.Reading;
import dev.orderwire.feed.Moment;
import dev.orderwire.feed.TableVersion;
import dev.orderwire.view.ViewIndex;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.LongPredicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds the watched views that each new moment concerns, once for all subscriptions. Other views
 * are not touched.
 *
 * @param <W> as in {@link ViewFrames}
 */
public final class Matcher<W> {
  private static final Logger LOG = LoggerFactory.getLogger(Matcher.class);

  private final Feed feed;
  private final LongPredicate changesAudiences;
  private final ViewIndex<ViewFrames<W>> index = new ViewIndex<>();
  private volatile MatchedUpTo matchedUpTo;

  /**
   * @param changesAudiences whether a moment changes what some client may see
   */
  public Matcher(Feed feed, LongPredicate changesAudiences) {
    this.feed = feed;
    this.changesAudiences = changesAudiences;
    this.matchedUpTo = new MatchedUpTo(feed.end(), true);
  }

  /** The end of the matched moments. For any thread. */
  public MatchedUpTo matchedUpTo() {
    return matchedUpTo;
  }

  /**
   * Adds a view to the views that {@link #matchNew} finds. For any thread.
   *
   * @return the cursor from which every change of the view is found
   */
  long add(ViewFrames<W> view) {
    index.add(view.view(), view);
    // A moment is in the feed before it is matched, so the matching of older moments may have
    // missed
    // this view.
    return feed.end().cursor();
  }

  void remove(ViewFrames<W> view) {
    index.remove(view.view(), view);
  }

  /**
   * Matches the new moments of the feed. For the thread that appends to it.
   *
   * @return the views that they concern
   */
  public Set<ViewFrames<W>> matchNew() {
    Set<ViewFrames<W>> concerned = new LinkedHashSet<>();
    switch (feed.read(matchedUpTo.cursor(), Integer.MAX_VALUE)) {
      case Reading.Moments(List<Moment> moments) -> {
        for (Moment moment : moments) {
          match(moment, concerned);
          matchedUpTo =
              new MatchedUpTo(
                  new Feed.Place(moment.sequence() + 1, moment.position()), moment.complete());
        }
      }
      case Reading.Trimmed() -> {
        // The feed has restarted.
        MatchedUpTo end = new MatchedUpTo(feed.end(), true);
        index.all(view -> {
          view.forgetUpTo(end.cursor());
          concerned.add(view);
        });
        matchedUpTo = end;
      }
    }
    return concerned;
  }

  private void match(Moment moment, Set<ViewFrames<W>> concerned) {
    for (Change change : moment.changes()) {
      try {
        index.find(
            change,
            view -> {
              if (view.add(moment, change)) {
                concerned.add(view);
              }
            });
      } catch (RuntimeException e) {
        // A defect. The tail goes on; the views of the table read the moment from the feed.
        LOG.error("Failed to match change {}", change.id(), e);
        index.all(
            change.table(),
            view -> {
              view.forgetUpTo(moment.sequence() + 1);
              concerned.add(view);
            });
      }
    }
    for (TableVersion reset : moment.resets()) {
      index.all(
          reset.table().name(),
          view -> {
            view.addStop(moment);
            concerned.add(view);
          });
    }
    if (changesAudiences.test(moment.sequence())) {
      index.all(view -> {
        if (view.moves(moment)) {
          view.addStop(moment);
          concerned.add(view);
        }
      });
    }
  }
}
