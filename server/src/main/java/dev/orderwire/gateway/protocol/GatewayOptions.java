package dev.orderwire.gateway.protocol;

import dev.orderwire.gateway.proxy.Proxies;
import dev.orderwire.view.View;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Set;

/**
 * The options of the gateway.
 *
 * @param host the address to bind to
 * @param port the port to bind to; 0 for any free port
 * @param heartbeat the time between two heartbeats; a client without a sign of life for two of them
 *     is closed
 * @param origins the origins of web pages that may connect besides the gateway's own, such as
 *     {@code https://shop.example}; {@code *} for all
 * @param actorTables the tables whose changes name their author, where no policy says so
 * @param spoolFolder the folder for snapshots that are too large for memory
 * @param limits the limits that differ from their defaults; {@link #OFF} for no limit
 * @param proxies the proxies that are believed about their clients
 * @param servesClients false to answer nothing but how the server is
 */
public record GatewayOptions(
    String host,
    int port,
    Duration heartbeat,
    Set<String> origins,
    Set<String> actorTables,
    Path spoolFolder,
    Map<Limit, Long> limits,
    Proxies proxies,
    boolean servesClients) {
  /** In {@link #limits}: no limit. */
  public static final long OFF = Long.MAX_VALUE;

  public GatewayOptions {
    origins = Set.copyOf(origins);
    actorTables = Set.copyOf(actorTables);
    limits = Map.copyOf(limits);
    if (heartbeat.toMillis() < 1) {
      throw new IllegalArgumentException(
          "a heartbeat must be at least a millisecond: " + heartbeat);
    }
    limits.forEach((limit, number) -> {
      if (number < 1) {
        throw new IllegalArgumentException(
            "a limit must be at least 1: " + number + " " + limit.sentence());
      }
    });
  }

  /** For clients. */
  public GatewayOptions(
      String host,
      int port,
      Duration heartbeat,
      Set<String> origins,
      Set<String> actorTables,
      Path spoolFolder,
      Map<Limit, Long> limits,
      Proxies proxies) {
    this(host, port, heartbeat, origins, actorTables, spoolFolder, limits, proxies, true);
  }

  /** For clients, without proxies. */
  public GatewayOptions(
      String host,
      int port,
      Duration heartbeat,
      Set<String> origins,
      Set<String> actorTables,
      Path spoolFolder,
      Map<Limit, Long> limits) {
    this(host, port, heartbeat, origins, actorTables, spoolFolder, limits, Proxies.NONE);
  }

  /** Whether the clients of a view see who made a change. */
  public boolean showsActor(View view) {
    return view.scope().isEverything()
        ? actorTables.contains(view.table().name())
        : view.scope().actor();
  }

  public long limit(Limit limit) {
    return limits.getOrDefault(limit, limit.number());
  }

  public boolean isOn(Limit limit) {
    return limit(limit) != OFF;
  }

  public int intLimit(Limit limit) {
    return Math.toIntExact(limit(limit));
  }
}
