package dev.orderwire.gateway.fanout;

import dev.orderwire.auth.Identity;
import dev.orderwire.presence.ConnectedClient;
import dev.orderwire.presence.ConnectionId;
import java.net.InetAddress;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What administrators are told of one connection, from {@link #opened} until {@link #ended}. For
 * the connection's event loop, except where noted.
 */
public final class Registration {
  /** A lag that differs by less is not told again. */
  private static final long NEWS_MILLIS = 1_000;

  private final Connection connection;
  private final Census census;
  private final long number;
  private final @Nullable InetAddress address;
  private final long since = System.currentTimeMillis();
  private boolean open;
  private long toldLag;

  Registration(Connection connection, Census census, @Nullable InetAddress address) {
    this.connection = connection;
    this.census = census;
    this.number = census.newNumber();
    this.address = address;
  }

  /** The id of the connection. For any thread. */
  public ConnectionId id() {
    return census.id(number);
  }

  public boolean isOpen() {
    return open;
  }

  void opened() {
    open = true;
    census.opened();
    changed();
  }

  void ended() {
    if (open) {
      open = false;
      census.ended(number);
    }
  }

  /** Something of the connection has changed. */
  void changed() {
    if (open && census.isShared()) {
      announce();
    }
  }

  /** Tells of a lag that has changed. */
  void beat() {
    if (census.isShared() && Math.abs(lag() - toldLag) >= NEWS_MILLIS) {
      changed();
    }
  }

  /** Tells of the connection, whether anything has changed or not. */
  public void announce() {
    ConnectedClient client = describe();
    toldLag = client.lagMillis();
    census.announce(client);
  }

  public ConnectedClient describe() {
    Map<String, Integer> views = new HashMap<>();
    for (Subscription each : connection.subscriptions()) {
      views.merge(each.view().table().name(), 1, Integer::sum);
    }
    Identity identity = connection.isAuthenticated() ? connection.visitor().identity() : null;
    return new ConnectedClient(
        id(),
        identity == null ? null : identity.name(),
        address == null ? null : address.getHostAddress(),
        connection.form().transport().text(),
        Instant.ofEpochMilli(since),
        views,
        lag());
  }

  private long lag() {
    long most = 0;
    for (Subscription each : connection.subscriptions()) {
      long lag = each.isLive() ? lag(each) : ConnectedClient.CATCHING_UP;
      if (lag == ConnectedClient.CATCHING_UP) {
        return lag;
      }
      most = Math.max(most, lag);
    }
    return most;
  }

  private long lag(Subscription subscription) {
    return subscription.isLagging() ? census.age(subscription.cursor()) : 0;
  }
}
