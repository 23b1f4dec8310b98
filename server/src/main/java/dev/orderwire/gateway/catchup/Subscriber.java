package dev.orderwire.gateway.catchup;

import dev.orderwire.change.ErrorCode;
import dev.orderwire.change.OrderwireException;
import dev.orderwire.change.Position;
import dev.orderwire.change.Table;
import dev.orderwire.feed.Feed;
import dev.orderwire.gateway.catchup.CatchUp.Have;
import dev.orderwire.gateway.fanout.Connection;
import dev.orderwire.gateway.fanout.Opening;
import dev.orderwire.gateway.fanout.Pump;
import dev.orderwire.gateway.fanout.RoundPacer;
import dev.orderwire.gateway.fanout.Subscription;
import dev.orderwire.gateway.protocol.ClientMessage.Subscribe;
import dev.orderwire.gateway.protocol.GatewayOptions;
import dev.orderwire.gateway.protocol.Limit;
import dev.orderwire.gateway.protocol.Traffic;
import dev.orderwire.view.View;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Makes subscriptions of what clients ask for, and finds for each the way to the live changes: at
 * once where the feed has what the client lacks, else by way of MySQL.
 */
public final class Subscriber implements Pump.Leavers {
  private final Source source;
  private final Blocking blocking;
  private final GatewayOptions options;
  private final Traffic traffic;
  private final CatchUp.Tools tools;

  public Subscriber(Source source, Blocking blocking, GatewayOptions options, Traffic traffic) {
    this.source = source;
    this.blocking = blocking;
    this.options = options;
    this.traffic = traffic;
    Spools spools = new Spools(source, blocking, options, traffic);
    this.tools = new CatchUp.Tools(source, spools, blocking, options, traffic);
  }

  /**
   * Begins a subscription; on the connection's event loop.
   *
   * @throws OrderwireException where it cannot be; then nothing has begun
   */
  public void subscribe(Connection connection, Subscribe request, Opening opening) {
    // Before the view is made: it is of no older shape than what comes after this place.
    Feed.Place end = source.feed().end();
    View view = view(source, request.table(), request.where(), request.columns());
    Position since = request.since() == null ? null : position(request.since());
    if (connection.subscription(view.id()).isPresent()) {
      throw new OrderwireException(
          ErrorCode.ALREADY_SUBSCRIBED,
          "this connection has the view " + view.id() + " already: unsubscribe it first");
    }
    if (connection.subscriptions().size() >= options.limit(Limit.VIEWS)) {
      throw new OrderwireException(
          ErrorCode.TOO_MANY_VIEWS,
          "a connection holds %d views at the most: unsubscribe one, or open another connection"
              .formatted(options.limit(Limit.VIEWS)));
    }
    Subscription subscription =
        new Subscription(connection, view, request.pace(), request.ref(), end.position());
    connection.add(subscription);
    try {
      if (since == null) {
        begin(subscription, request.snapshot(), end, opening);
      } else {
        resume(subscription, since, isAbridged(request), end, opening);
      }
    } catch (OrderwireException e) {
      connection.end(subscription);
      throw e;
    }
  }

  private static boolean isAbridged(Subscribe request) {
    return request.since() != null && Position.isAbridged(request.since());
  }

  private void begin(Subscription subscription, boolean snapshot, Feed.Place end, Opening opening) {
    if (snapshot) {
      catchUp(subscription, new Have.Nothing(), opening);
    } else {
      follow(subscription, end, end.position(), false, opening);
    }
  }

  private void resume(
      Subscription subscription,
      Position since,
      boolean abridged,
      Feed.Place end,
      Opening opening) {
    if (!since.epoch().equals(end.position().epoch())) {
      catchUp(subscription, new Have.Outdated("epoch"), opening);
    } else if (source.catalog().isVoid(subscription.view().table(), since)) {
      catchUp(subscription, new Have.Outdated("schema"), opening);
    } else if (abridged) {
      catchUp(subscription, new Have.Abridged(since), opening);
    } else {
      // What is ahead of the feed has to be looked for in the log.
      Optional<Feed.Place> place =
          since.head() > end.position().head() ? Optional.empty() : source.feed().placeOf(since);
      if (place.isPresent()) {
        boolean waits = !source.isWhole(since, place.get());
        follow(subscription, place.get(), since, waits, opening);
      } else {
        catchUp(subscription, new Have.Changes(since, false), opening);
      }
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
    // A feed that has begun anew leaves behind who was fast enough, too.
    boolean cutOff = source.feed().hasRestartedSince(subscription.cursor());
    catchUp(
        subscription,
        cutOff ? new Have.Changes(seen, midMoment) : new Have.Behind(seen, midMoment));
  }

  @Override
  public void reset(Subscription subscription) {
    catchUp(subscription, new Have.Outdated("schema"));
  }

  private void catchUp(Subscription subscription, Have have) {
    try {
      catchUp(subscription, have, null);
    } catch (OrderwireException e) {
      subscription.connection().breakOff(e);
    }
  }

  private void catchUp(Subscription subscription, Have have, @Nullable Opening opening) {
    Outlet outlet = new Outlet(subscription, opening, blocking, traffic);
    CatchUp catchUp = new CatchUp(have, outlet, tools);
    RoundPacer breather = subscription.connection().pump().breather();
    blocking.start(() -> {
      breather.catchingUp();
      try {
        catchUp.run();
      } finally {
        breather.caughtUp();
      }
    });
  }

  /**
   * @throws OrderwireException {@code unknown_table}, or what is wrong with the view
   */
  static View view(
      Source source,
      @Nullable String table,
      @Nullable JsonNode where,
      @Nullable List<String> columns) {
    return View.of(
        table == null ? source.catalog().defaultTable() : table(source, table), where, columns);
  }

  public static Table table(Source source, String name) {
    return source
        .catalog()
        .table(name)
        .orElseThrow(() ->
            new OrderwireException(
                ErrorCode.UNKNOWN_TABLE,
                "there is no table '%s' here; there are %s"
                    .formatted(
                        name, source.catalog().tables().stream().map(Table::name).toList())));
  }

  public static Position position(String text) {
    try {
      return Position.parse(text);
    } catch (IllegalArgumentException e) {
      throw new OrderwireException(ErrorCode.UNKNOWN_POSITION, "since is " + e.getMessage(), e);
    }
  }
}
