package dev.orderwire.gateway.catchup;

import dev.orderwire.auth.Visitor;
import dev.orderwire.auth.policy.Access;
import dev.orderwire.change.ErrorCode;
import dev.orderwire.change.OrderwireException;
import dev.orderwire.change.Position;
import dev.orderwire.feed.Feed;
import dev.orderwire.feed.Feed.Reading;
import dev.orderwire.feed.Moment;
import dev.orderwire.gateway.catchup.Resumption.Outcome;
import dev.orderwire.gateway.fanout.Connection;
import dev.orderwire.gateway.fanout.Fallback;
import dev.orderwire.gateway.fanout.Opening;
import dev.orderwire.gateway.fanout.RoundPacer;
import dev.orderwire.gateway.fanout.Subscription;
import dev.orderwire.gateway.limits.Limits;
import dev.orderwire.gateway.protocol.ClientMessage.Subscribe;
import dev.orderwire.gateway.protocol.GatewayOptions;
import dev.orderwire.gateway.protocol.Limit;
import dev.orderwire.gateway.protocol.RequestedViews;
import dev.orderwire.gateway.protocol.ResetReason;
import dev.orderwire.gateway.protocol.Traffic;
import dev.orderwire.view.MarkedPosition;
import dev.orderwire.view.Scope;
import dev.orderwire.view.View;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Subscribes clients, and brings each subscription to the live feed: at once if the feed has all
 * the changes that the client lacks, otherwise through MySQL.
 */
public final class Subscriber implements Fallback {
  private final Source source;
  private final RequestedViews views;
  private final Resumption resumption;
  private final Blocking blocking;
  private final Limits limits;
  private final GatewayOptions options;
  private final Traffic traffic;
  private final CatchUp.Tools tools;

  public Subscriber(
      Source source,
      RequestedViews views,
      Blocking blocking,
      Limits limits,
      GatewayOptions options,
      Traffic traffic) {
    this.source = source;
    this.views = views;
    this.resumption = new Resumption(source);
    this.blocking = blocking;
    this.limits = limits;
    this.options = options;
    this.traffic = traffic;
    Failures failures = new Failures(traffic);
    Spools spools = new Spools(source, blocking, limits, options, traffic, failures);
    this.tools =
        new CatchUp.Tools(
            source,
            resumption,
            spools,
            new DifferingRows(source, resumption, blocking, limits, options, traffic),
            failures,
            blocking,
            options,
            traffic);
  }

  /**
   * Begins a subscription. On the connection's event loop.
   *
   * @throws OrderwireException if the request is refused; the connection is then as before
   */
  public void subscribe(Connection connection, Subscribe request, Opening opening) {
    // Read before the view is made, so that the view's shape is at least as new as this place.
    Feed.Place end = source.feed().end();
    View view = views.view(request.view(), connection.visitor());
    MarkedPosition since = request.since() == null ? null : MarkedPosition.of(request.since());
    Position position = since == null ? null : Resumption.parse(since.position());
    if (connection.subscription(view.id()).isPresent()) {
      throw new OrderwireException(
          ErrorCode.ALREADY_SUBSCRIBED,
          "this connection already has the view " + view.id() + ": unsubscribe it first");
    }
    if (connection.subscriptions().size() >= options.limit(Limit.VIEWS)) {
      traffic.overLimit(Limit.VIEWS);
      throw new OrderwireException(
          ErrorCode.TOO_MANY_VIEWS,
          "a connection can have %d views: unsubscribe one, or open another connection"
              .formatted(options.limit(Limit.VIEWS)));
    }
    if (!connection.pump().hasRoomFor(view, request.pace(), options.limit(Limit.DISTINCT_VIEWS))) {
      throw limits.refusal(
          Limit.DISTINCT_VIEWS, "subscribe to a view that others have, or try again later");
    }
    Subscription subscription =
        new Subscription(connection, view, request.pace(), request.ref(), end.position());
    connection.add(subscription);
    try {
      if (since != null && position != null) {
        resume(subscription, position, since, end, opening);
      } else if (request.snapshot()) {
        catchUp(subscription, new ClientState.Nothing(), opening);
      } else {
        follow(subscription, end, end.position(), false, opening);
      }
    } catch (OrderwireException e) {
      connection.end(subscription);
      throw e;
    }
  }

  /**
   * Takes note of who the client is. If it may see other rows than before, its views move: it gets
   * what it gains and loses. If it sees other columns, they start over with a reset; views that it
   * may not see any more end with an error. On the connection's event loop.
   *
   * @throws OrderwireException {@code not_allowed} for the token of another identity than before
   */
  public void authenticate(Connection connection, Visitor visitor) {
    if (connection.isAuthenticated() && !isSame(connection.visitor(), visitor)) {
      throw new OrderwireException(
          ErrorCode.NOT_ALLOWED,
          "the token is of another identity: open another connection for it");
    }
    connection.authenticated(visitor);
    // Worked out once for all views: the lists of lookups may be long.
    Map<String, Access> access = new HashMap<>();
    for (Subscription subscription : List.copyOf(connection.subscriptions())) {
      if (connection.isClosing()) {
        return;
      }
      try {
        View view = subscription.view();
        Scope scope =
            access
                .computeIfAbsent(view.scope().role(), visitor::accessAs)
                .scope(view.table().name())
                .orElseThrow(() ->
                    new OrderwireException(
                        ErrorCode.NOT_ALLOWED, "you may not see this table any more"));
        boolean sameRows = scope.tag().equals(view.scope().tag());
        if (sameRows && !subscription.isLive()) {
          subscription.decidedBy(scope.membership());
        } else if (!sameRows || !scope.membership().changesWith(subscription.membership())) {
          // Also for equal sets: those of the new token may change at other moments.
          move(subscription, view.in(scope));
        }
      } catch (OrderwireException e) {
        if (e.code().retryable()) {
          connection.breakOff(e);
          return;
        }
        connection.withdraw(subscription, e);
      }
    }
  }

  private void move(Subscription before, View view) {
    ClientState state = stateIn(before, view);
    Subscription next = before.successor(view);
    before.connection().replace(before, next);
    try {
      catchUp(next, state, next.opening());
    } catch (OrderwireException e) {
      next.connection().breakOff(e);
    }
  }

  /** What the client of a subscription has of another view. */
  private ClientState stateIn(Subscription subscription, View other) {
    View view = subscription.view();
    subscription.skipTo(subscription.connection().pump().place());
    // Between the messages of a moment, the client has rows of no state that could be asked for.
    return subscription.isLive()
            && !subscription.isMidMoment()
            && view.scope().hasColumnsOf(other.scope())
        ? new ClientState.Moved(
            view,
            subscription.seen(),
            subscription.place(),
            List.of(),
            resumption.isWhole(subscription.seen(), subscription.place()),
            false,
            Instant.now())
        : new ClientState.Outdated(ResetReason.POLICY);
  }

  private static boolean isSame(Visitor before, Visitor now) {
    return Objects.requireNonNull(before.identity())
        .name()
        .equals(Objects.requireNonNull(now.identity()).name());
  }

  private void resume(
      Subscription subscription,
      Position since,
      MarkedPosition marked,
      Feed.Place end,
      Opening opening) {
    if (!marked.tag().equals(subscription.view().scope().tag())) {
      catchUp(subscription, new ClientState.Outdated(ResetReason.POLICY), opening);
      return;
    }
    boolean abridged = Position.isAbridged(marked.position());
    switch (resumption.atOnce(subscription.view().table(), since, end)) {
      case Outcome.Outdated(ResetReason reason) ->
          catchUp(subscription, new ClientState.Outdated(reason), opening);
      case Outcome _ when abridged ->
          catchUp(subscription, new ClientState.Abridged(since), opening);
      case Outcome.InFeed(Feed.Place place, boolean whole) ->
          follow(subscription, place, since, !whole, opening);
      case Outcome.InLog(), Outcome.AheadOfFeed() ->
          catchUp(subscription, new ClientState.Changes(since, false), opening);
    }
  }

  private void follow(
      Subscription subscription,
      Feed.Place place,
      Position seen,
      boolean midMoment,
      Opening opening) {
    subscription.answer(opening, seen, true, traffic);
    subscription.follow(place, seen, midMoment);
    subscription.connection().pump().join(subscription);
  }

  @Override
  public void behind(Subscription subscription) {
    Position seen = subscription.seen();
    boolean midMoment = subscription.isMidMoment();
    // A restarted feed cuts off fast clients, too.
    boolean cutOff = source.feed().hasRestartedSince(subscription.cursor());
    catchUp(
        subscription,
        cutOff
            ? new ClientState.Changes(seen, midMoment)
            : new ClientState.Behind(seen, midMoment));
  }

  @Override
  public void reset(Subscription subscription) {
    catchUp(subscription, new ClientState.Outdated(ResetReason.SCHEMA));
  }

  @Override
  public void moved(Subscription subscription) {
    long cursor = subscription.cursor();
    if (!(source.feed().read(cursor, 1) instanceof Reading.Moments(List<Moment> moments))) {
      behind(subscription);
      return;
    }
    Moment moment = moments.getFirst();
    View before = subscription.view();
    try {
      Scope scope =
          subscription
              .connection()
              .visitor()
              .accessAs(before.scope().role(), cursor)
              .scope(before.table().name())
              .orElse(before.scope());
      Position seen = subscription.seen();
      subscription.renew(before.in(scope));
      catchUp(
          subscription,
          new ClientState.Moved(
              before,
              seen,
              new Feed.Place(cursor + 1, moment.position()),
              moment.changes().stream()
                  .filter(change -> change.table().equals(before.table().name()))
                  .filter(change -> !seen.covers(change.id()))
                  .toList(),
              moment.complete(),
              subscription.isMidMoment(),
              moment.notBefore()));
    } catch (OrderwireException e) {
      if (e.code() == ErrorCode.LOOKUP_UNAVAILABLE) {
        // Its table was reset: what the client may see is known once it has been read again.
        catchUp(subscription, new ClientState.Outdated(ResetReason.POLICY));
      } else {
        subscription.connection().breakOff(e);
      }
    }
  }

  private void catchUp(Subscription subscription, ClientState state) {
    try {
      catchUp(subscription, state, null);
    } catch (OrderwireException e) {
      subscription.connection().breakOff(e);
    }
  }

  private void catchUp(Subscription subscription, ClientState state, @Nullable Opening opening) {
    subscription.opensLater(opening);
    Outlet outlet = new Outlet(subscription, opening, blocking, traffic);
    CatchUp catchUp = new CatchUp(state, outlet, tools);
    RoundPacer pacer = subscription.connection().pump().pacer();
    blocking.start(() -> {
      pacer.catchUpStarted();
      try {
        catchUp.run();
      } finally {
        pacer.catchUpEnded();
      }
    });
  }
}
