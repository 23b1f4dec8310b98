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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds out which of the watched views each new moment concerns, once for all who watch them: who
 * watches a view that it does not concern is not even looked at.
 *
 * @param <W> as in {@link ViewFrames}
 */
public final class Matcher<W> {
  private static final Logger LOG = LoggerFactory.getLogger(Matcher.class);

  private final Feed feed;
  private final ViewIndex<ViewFrames<W>> index = new ViewIndex<>();
  private volatile MatchedUpTo known;

  public Matcher(Feed feed) {
    this.feed = feed;
    this.known = new MatchedUpTo(feed.end(), true);
  }

  /** For any thread. */
  public MatchedUpTo known() {
    return known;
  }

  /**
   * From here on {@link #look} finds it. For any thread.
   *
   * @return the cursor from which on all that concerns it will have been found
   */
  long add(ViewFrames<W> view) {
    index.add(view.view(), view);
    // A moment is in the feed before it is looked at: this one may have missed it.
    return feed.end().cursor();
  }

  void remove(ViewFrames<W> view) {
    index.remove(view.view(), view);
  }

  /**
   * Looks at what is new in the feed. For the thread that appends to it.
   *
   * @return the views that it concerns
   */
  public Set<ViewFrames<W>> look() {
    Set<ViewFrames<W>> concerned = new LinkedHashSet<>();
    switch (feed.read(known.cursor(), Integer.MAX_VALUE)) {
      case Reading.Moments(List<Moment> moments) -> {
        for (Moment moment : moments) {
          look(moment, concerned);
          known =
              new MatchedUpTo(
                  new Feed.Place(moment.sequence() + 1, moment.position()), moment.complete());
        }
      }
      case Reading.Trimmed() -> {
        // The feed has begun anew.
        MatchedUpTo anew = new MatchedUpTo(feed.end(), true);
        index.all(view -> {
          view.forgetUpTo(anew.cursor());
          concerned.add(view);
        });
        known = anew;
      }
    }
    return concerned;
  }

  private void look(Moment moment, Set<ViewFrames<W>> concerned) {
    for (Change change : moment.changes()) {
      try {
        index.find(
            change,
            view -> {
              if (view.note(moment, change)) {
                concerned.add(view);
              }
            });
      } catch (RuntimeException e) {
        // A defect of ours. The tail goes on; whoever reads the moment out of the feed meets it.
        LOG.error("Who sees change {} cannot be said", change.id(), e);
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
            view.noteReset(moment);
            concerned.add(view);
          });
    }
  }
}
