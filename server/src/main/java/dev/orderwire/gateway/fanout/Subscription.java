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
 * One view on one connection: a cursor into the feed, and nothing that grows. For the connection's
 * event loop.
 */
public final class Subscription extends Broadcast.Member {
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
  private @Nullable Position ahead;
  private @Nullable ViewSubscriptions group;
  private boolean midMoment;
  private boolean lagging;

  /**
   * @param ref the client's name for its request
   * @param position what counts as seen at the beginning
   */
  public Subscription(
      Connection connection, View view, Pace pace, @Nullable String ref, Position position) {
    super(position);
    this.connection = connection;
    this.view = view;
    this.pace = pace;
    this.ref = ref;
  }

  public Connection connection() {
    return connection;
  }

  public View view() {
    return view;
  }

  PacedView pacedView() {
    return new PacedView(view, pace);
  }

  /** Replaces the view by that of the altered table, or by an equal one. Not while it is live. */
  public void renew(View renewed) {
    view = renewed;
  }

  @Nullable String ref() {
    return ref;
  }

  /** The live subscriptions of its view on this event loop; null unless it is live. */
  @Nullable ViewSubscriptions group() {
    return group;
  }

  void joined(@Nullable ViewSubscriptions newGroup) {
    group = newGroup;
  }

  /** Whether it has everything so far, and takes the same messages as the others of its view. */
  boolean keepsUp() {
    return isLive() && !lagging && !midMoment && ahead == null;
  }

  Feed.Place place() {
    return new Feed.Place(cursor(), feedPosition());
  }

  /** Changes in the feed wait that it cannot take now. */
  void lag() {
    lagging = true;
  }

  /** No changes wait for it. */
  void catchUpDone() {
    lagging = false;
  }

  /** Moves on to a place before which its view has nothing that it lacks, unless it lags. */
  void skipTo(Feed.Place place) {
    if (!lagging && cursor() < place.cursor()) {
      moveTo(place);
    }
  }

  private void moveTo(Feed.Place place) {
    moveTo(place.cursor(), place.position());
    if (ahead != null && place.position().coversAllOf(ahead)) {
      ahead = null;
    }
  }

  /** What the client has seen, of the feed or otherwise. */
  public Position seen() {
    return ahead == null ? feedPosition() : ahead.and(feedPosition());
  }

  /** What the client has seen beyond what the feed has shown at this cursor; null if nothing. */
  @Nullable Position ahead() {
    return ahead;
  }

  /** Whether the client waits for the rest of a moment. */
  public boolean isMidMoment() {
    return midMoment;
  }

  boolean isLive() {
    return state == State.LIVE;
  }

  public boolean isEnded() {
    return state == State.ENDED;
  }

  /** Whether the client was told {@code subscribed}, and not that the subscription has ended. */
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

  /** Its messages do not come from the feed for a while. */
  void catchUp() {
    state = State.CATCHING_UP;
  }

  /**
   * Follows the feed from here on.
   *
   * @param seen what the client has seen; what {@code place} does not cover of it is skipped when
   *     the feed shows it
   * @param waitsForRest whether the client waits for the rest of a moment
   */
  public void follow(Feed.Place place, Position seen, boolean waitsForRest) {
    state = State.LIVE;
    moveTo(place.cursor(), place.position());
    ahead = place.position().coversAllOf(seen) ? null : seen;
    midMoment = waitsForRest;
    // Until it has been served for the first time.
    lagging = true;
  }

  /**
   * Writes a batch that begins at the cursor, and moves behind it.
   *
   * @param end the cursor up to which the feed is known
   */
  void take(Batch batch, long end) {
    moveBehind(batch, end);
    if (batch.frame() != null) {
      connection.write(batch.frame());
      connection.pump().counters().delivered(batch.times().size());
      midMoment = !batch.complete();
    } else if (midMoment && batch.complete()) {
      connection.writeAndRelease(new ChangesDraft(view, false).finish(seen(), true));
      midMoment = false;
    }
  }

  /** The same if the socket already has {@code taken} bytes of the batch's message. */
  void takeRest(Batch batch, Frame frame, int taken, long end) {
    moveBehind(batch, end);
    connection.sendRest(frame, taken);
  }

  private void moveBehind(Batch batch, long end) {
    moveTo(batch.end());
    lagging = batch.to() < end;
  }

  void end() {
    state = State.ENDED;
  }
}
