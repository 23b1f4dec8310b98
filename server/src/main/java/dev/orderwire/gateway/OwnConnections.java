package dev.orderwire.gateway;

import dev.orderwire.auth.Identity;
import dev.orderwire.change.ErrorCode;
import dev.orderwire.change.OrderwireException;
import dev.orderwire.gateway.fanout.Connection;
import dev.orderwire.gateway.fanout.EventLoops;
import dev.orderwire.gateway.limits.Limits;
import dev.orderwire.presence.ConnectedClient;
import dev.orderwire.presence.ConnectionId;
import dev.orderwire.presence.Kick;
import dev.orderwire.presence.OwnClients;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The connections of the gateway, for administrators. */
final class OwnConnections implements OwnClients {
  /** How long to wait for event loops; connections of one that hangs are missing. */
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  /** How many connections an event loop describes at a time. */
  private static final int AT_ONCE = 100;

  private final EventLoops loops;
  private final Limits limits;

  OwnConnections(EventLoops loops, Limits limits) {
    this.loops = loops;
    this.limits = limits;
  }

  @Override
  public int count() {
    return loops.connections();
  }

  @Override
  public List<ConnectedClient> page(
      @Nullable String identity, @Nullable ConnectionId after, int limit) {
    try {
      List<Connection> found =
          find(connection ->
              (after == null || idOf(connection).compareTo(after) > 0)
                  && (identity == null || isOf(connection, identity)));
      found.sort(Comparator.comparing(OwnConnections::idOf));
      return describe(found.subList(0, Math.min(limit, found.size())));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return List.of();
    }
  }

  private List<Connection> find(Predicate<Connection> which) throws InterruptedException {
    return loops.find(
        connection -> connection.registration().isOpen() && which.test(connection), PATIENCE);
  }

  private static ConnectionId idOf(Connection connection) {
    return connection.registration().id();
  }

  private static boolean isOf(Connection connection, String identity) {
    Identity known = connection.isAuthenticated() ? connection.visitor().identity() : null;
    return known != null && known.name().equals(identity);
  }

  private static List<ConnectedClient> describe(List<Connection> connections)
      throws InterruptedException {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    List<ConnectedClient> described = new ArrayList<>();
    for (int from = 0; from < connections.size(); from += AT_ONCE) {
      List<Future<ConnectedClient>> asked = new ArrayList<>();
      for (Connection each :
          connections.subList(from, Math.min(from + AT_ONCE, connections.size()))) {
        asked.add(each.channel().eventLoop().submit(() -> each.registration().describe()));
      }
      for (Future<ConnectedClient> each : asked) {
        if (each.await(deadline - System.nanoTime(), TimeUnit.NANOSECONDS) && each.isSuccess()) {
          described.add(each.getNow());
        }
      }
    }
    return described;
  }

  @Override
  public int kick(Kick which) {
    OrderwireException cause =
        new OrderwireException(
            ErrorCode.KICKED, "an administrator closed this connection: do not reconnect");
    try {
      return find(
              connection -> {
                boolean concerned =
                    switch (which) {
                      case Kick.One(ConnectionId id) -> id.equals(idOf(connection));
                      case Kick.AllOf(String identity) -> isOf(connection, identity);
                    };
                if (concerned) {
                  connection.expel(cause);
                }
                return concerned;
              })
          .size();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return 0;
    }
  }

  @Override
  public void announceAll() {
    limits.announceAll();
    try {
      var _ =
          find(connection -> {
            connection.registration().announce();
            return false;
          });
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
