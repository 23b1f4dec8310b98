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
import dev.orderwire.view.Membership;
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
  private Membership membership;
  private final Pace pace;
  private final @Nullable String ref;
  private State state = State.BEGINNING;
  private @Nullable Opening opening;
  private @Nullable Position ahead;
  private @Nullable ViewSubscriptions group;
  private boolean midMoment;
  private boolean lagging;

  /**
   * @param ref the client's name for its request
   * @param position the changes that count as seen at the beginning
   */
  public Subscription(
      Connection connection, View view, Pace pace, @Nullable String ref, Position position) {
    super(position);
    this.connection = connection;
    this.view = view;
    this.membership = view.scope().membership();
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

  /** Replaces the view by that of the altered table, or of other rows. Not while it is live. */
  public void renew(View renewed) {
    view = renewed;
    membership = renewed.scope().membership();
  }

  /** Replaces the view by an equal one, which may have been made for another client. */
  void share(View equal) {
    view = equal;
  }

  /**
   * What decides which rows the client may see. That of the view's scope may be another client's.
   */
  public Membership membership() {
    return membership;
  }

  /** Lets another membership decide, which gives the same rows now. Not while it is live. */
  public void decidedBy(Membership other) {
    membership = other;
  }

  public Pace pace() {
    return pace;
  }

  @Nullable String ref() {
    return ref;
  }

  /** The live subscriptions of its view on this event loop; null unless it is live. */
  @Nullable ViewSubscriptions group() {
    return group;
  }

  void joined(ViewSubscriptions newGroup) {
    group = newGroup;
  }

  void left() {
    group = null;
  }

  /**
   * Whether it has every change so far, and can get the same messages as the others of its view.
   */
  boolean keepsUp() {
    return isLive() && !lagging && !midMoment && ahead == null;
  }

  /** Its place in the feed. Takes it out of the broadcast. */
  public Feed.Place place() {
    return new Feed.Place(cursor(), feedPosition());
  }

  /** Marks it as lagging: it cannot take its next changes now. */
  void markLagging() {
    lagging = true;
  }

  /** Whether there may be changes that it has not taken. It is not in the broadcast then. */
  boolean isLagging() {
    return lagging;
  }

  /** Marks it as up to date. */
  void clearLagging() {
    lagging = false;
  }

  /**
   * Moves to a place, unless it lags. The view shows no change between its cursor and the place.
   * Takes it out of the broadcast, unless it lags.
   */
  public void skipTo(Feed.Place place) {
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

  /** The changes that the client has seen. Takes it out of the broadcast. */
  public Position seen() {
    return ahead == null ? feedPosition() : ahead.and(feedPosition());
  }

  /**
   * The client's position, if it covers changes that the feed shows after the cursor; else null.
   */
  @Nullable Position ahead() {
    return ahead;
  }

  /**
   * Whether it has nothing more to do with a change: it has sent the change, does not show it, or
   * began after it. It stays in the broadcast.
   */
  boolean hasPassed(long change) {
    return isPlacedBehind(change)
        || (ahead != null && ahead.covers(change))
        || (isLive() && !lagging && connection.pump().place().position().covers(change));
  }

  /** Whether the client waits for the rest of a moment. */
  public boolean isMidMoment() {
    return midMoment;
  }

  public boolean isLive() {
    return state == State.LIVE;
  }

  public boolean isEnded() {
    return state == State.ENDED;
  }

  /** Whether the client was told {@code subscribed}, and not that the subscription has ended. */
  boolean isAnswered() {
    return state == State.CATCHING_UP || state == State.LIVE;
  }

  /**
   * The same subscription to a view of other rows or columns. It must be caught up, and takes the
   * place of this one on the connection.
   */
  public Subscription successor(View other) {
    Subscription next = new Subscription(connection, other, pace, ref, feedPosition());
    next.opening = opening;
    if (isAnswered()) {
      next.state = State.CATCHING_UP;
    }
    return next;
  }

  /** Takes note of what answers the client once it is caught up; null if it was answered. */
  public void opensLater(@Nullable Opening later) {
    opening = later;
  }

  /** What answers the client; null if it was answered. */
  public @Nullable Opening opening() {
    return opening;
  }

  /** Tells the client that it is subscribed. */
  public void answer(Opening unanswered, Position from, boolean resumable, Traffic traffic) {
    unanswered.opened();
    opening = null;
    state = State.CATCHING_UP;
    traffic.subscribed();
    connection.send(Messages.subscribed(ref, view, from, resumable));
  }

  /** Stops following the feed: it is being caught up. */
  void catchUp() {
    state = State.CATCHING_UP;
  }

  /**
   * Starts to follow the feed.
   *
   * @param seen the changes that the client has seen; those that the feed shows after {@code place}
   *     are skipped
   * @param waitsForRest whether the client waits for the rest of a moment
   */
  public void follow(Feed.Place place, Position seen, boolean waitsForRest) {
    state = State.LIVE;
    moveTo(place.cursor(), place.position());
    ahead = place.position().coversAllOf(seen) ? null : seen;
    midMoment = waitsForRest;
    // Until it is served for the first time.
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

  /** Like {@link #take}, if the socket already has {@code taken} bytes of the batch's message. */
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
