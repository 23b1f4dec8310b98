package dev.orderwire.gateway.fanout;

import dev.orderwire.change.Position;
import dev.orderwire.feed.Feed;
import dev.orderwire.gateway.match.Batch;
import dev.orderwire.gateway.match.PacedView;
import dev.orderwire.gateway.protocol.ChangesDraft;
import dev.orderwire.gateway.protocol.Frame;
import dev.orderwire.gateway.protocol.Messages;
import dev.orderwire.gateway.protocol.Pace;
import dev.orderwire.gateway.protocol.Traffic;
import dev.orderwire.view.View;
import org.jspecify.annotations.Nullable;

/**
 * One view on one connection: a cursor into the feed, and nothing that grows. Lives on the
 * connection's event loop.
 */
public final class Subscription extends IndexedList.Member {
  private enum State {
    BEGINNING,
    CATCHING_UP,
    LIVE,
    ENDED
  }

  private final Connection connection;
  private View view;
  private final Pace pace;
  private final @Nullable String ref;
  private State state = State.BEGINNING;
  private long cursor;
  private Position position;
  private @Nullable Position ahead;
  private @Nullable ViewSubscriptions watchers;
  private boolean midMoment;
  private boolean lagging;

  /**
   * @param ref the client's name for its request
   * @param position what counts as seen before anything is
   */
  public Subscription(
      Connection connection, View view, Pace pace, @Nullable String ref, Position position) {
    this.connection = connection;
    this.view = view;
    this.pace = pace;
    this.ref = ref;
    this.position = position;
  }

  public Connection connection() {
    return connection;
  }

  public View view() {
    return view;
  }

  PacedView watch() {
    return new PacedView(view, pace);
  }

  /** The same view of the altered table, or in another instance; for one that is in no roster. */
  public void renew(View renewed) {
    view = renewed;
  }

  @Nullable String ref() {
    return ref;
  }

  /**
   * Where it stands in the feed, unless all that concerned its view has been given out: then it may
   * be further ({@link #skipTo}).
   */
  public long cursor() {
    return cursor;
  }

  /** Those it is one of, while it is live; null otherwise. */
  @Nullable ViewSubscriptions watchers() {
    return watchers;
  }

  void watchAmong(@Nullable ViewSubscriptions others) {
    watchers = others;
  }

  /** What comes next happens to it alone, and how far it is stands here. */
  void leaveShortWay() {
    if (watchers != null) {
      watchers.outOfShortWay(this);
    }
  }

  /** Whether it has had what there was, and nothing sets it apart. */
  boolean isOrdinary() {
    return isLive() && !lagging && !midMoment && ahead == null;
  }

  Feed.Place place() {
    return new Feed.Place(cursor, position);
  }

  /** Whether something in the feed waits for it. */
  boolean isLagging() {
    return lagging;
  }

  /** Something waits that it cannot take now. */
  void lag() {
    lagging = true;
  }

  /** Nothing waits for it any more. */
  void keepUp() {
    lagging = false;
  }

  /** Up to here there was nothing for its view that it has not been given, unless it lags. */
  void skipTo(Feed.Place place) {
    if (!lagging && cursor < place.cursor()) {
      stand(place.cursor(), place.position());
    }
  }

  private void stand(long at, Position feedPosition) {
    cursor = at;
    position = feedPosition;
    if (ahead != null && position.coversAllOf(ahead)) {
      ahead = null;
    }
  }

  /** What the client has seen, in the feed or by other ways. */
  public Position seen() {
    return ahead == null ? position : ahead.and(position);
  }

  /** What the client has seen that the feed has not shown at this cursor; null where nothing. */
  @Nullable Position ahead() {
    return ahead;
  }

  /** Whether the client waits for the rest of what committed together. */
  public boolean isMidMoment() {
    return midMoment;
  }

  boolean isLive() {
    return state == State.LIVE;
  }

  public boolean isEnded() {
    return state == State.ENDED;
  }

  /** Whether the client was told {@code subscribed}, and not yet that this is over. */
  boolean isAnswered() {
    return state == State.CATCHING_UP || state == State.LIVE;
  }

  /** Tells the client that it is subscribed. */
  public void answer(Opening opening, Position from, boolean resumable, Traffic traffic) {
    opening.opened();
    state = State.CATCHING_UP;
    traffic.subscribed();
    connection.send(Messages.subscribed(ref, view, from, resumable));
  }

  /** Its messages come from elsewhere for a while: the feed does not count. */
  void catchUp() {
    state = State.CATCHING_UP;
  }

  /**
   * From here on it follows the feed.
   *
   * @param seen what the client has seen; where that is more than {@code place} has, the rest is
   *     skipped when the feed shows it
   * @param midMoment whether the client waits for the rest of what committed together
   */
  public void follow(Feed.Place place, Position seen, boolean midMoment) {
    state = State.LIVE;
    cursor = place.cursor();
    position = place.position();
    ahead = position.coversAllOf(seen) ? null : seen;
    this.midMoment = midMoment;
    // Until it has been served for the first time.
    lagging = true;
  }

  /**
   * Writes a stretch that begins at the cursor, and stands behind it afterwards.
   *
   * @param end behind which nothing waits for it
   */
  void take(Batch stretch, long end) {
    goTo(stretch, end);
    if (stretch.frame() != null) {
      connection.write(stretch.frame());
      connection.pump().outgoing().delivered(stretch.times().size());
      midMoment = !stretch.complete();
    } else if (midMoment && stretch.complete()) {
      connection.writeAndRelease(new ChangesDraft(view, false).finish(seen(), true));
      midMoment = false;
    }
  }

  /** The same where the socket has taken so much of the stretch's message already. */
  void takeRest(Batch stretch, Frame frame, int taken, long end) {
    goTo(stretch, end);
    connection.sendRest(frame, taken);
  }

  private void goTo(Batch stretch, long end) {
    stand(stretch.to(), stretch.feedPosition());
    lagging = cursor < end;
  }

  void end() {
    state = State.ENDED;
  }
}
