package dev.orderwire.bus.redis;

import dev.orderwire.gateway.FeedGateway;
import dev.orderwire.gateway.protocol.Limit;
import dev.orderwire.gateway.proxy.Proxies;
import dev.orderwire.presence.ConnectionId;
import dev.orderwire.presence.SharedPresence;
import dev.orderwire.testing.AdminClient;
import dev.orderwire.testing.Await;
import dev.orderwire.testing.PlainClient;
import dev.orderwire.testing.WsClient;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import tools.jackson.databind.JsonNode;

/** Servers that tell each other of their connections through one Redis. */
final class Servers implements AutoCloseable {
  private static final String POLICIES =
      """
      {"orders": {"customer": {"rows": "all"}, "admin": {"rows": "all", "admin": true}}}
      """;

  /** With a proxy configured, though none that connects, addresses of this machine count too. */
  private static final Proxies ELSEWHERE =
      new Proxies(List.of("192.0.2.0/24"), Proxies.Header.X_FORWARDED_FOR, false);

  private static final Set<String> OUTCOMES = Set.of("subscribed", "error");

  /** A server asks twice a second. */
  private static final Duration EVICTION = Duration.ofSeconds(3);

  /** One server. */
  record Server(String id, FeedGateway gateway, SharedPresence presence) implements AutoCloseable {
    PlainClient connect(String identity) {
      return PlainClient.connect(uri(identity));
    }

    URI uri(String identity) {
      return gateway.ws("token", "customer:" + identity);
    }

    /**
     * Whether a client is refused: at once, or as soon as the server has asked how many connections
     * its identity has elsewhere.
     */
    boolean refuses(String identity) {
      try (WsClient client = WsClient.connect(uri(identity))) {
        String first =
            client
                .await("an outcome", message -> OUTCOMES.contains(message.get("type").asString()))
                .get("type")
                .asString();
        long end = System.nanoTime() + EVICTION.toNanos();
        while (first.equals("subscribed") && System.nanoTime() < end) {
          for (JsonNode each : client.arrived()) {
            first = each.get("type").asString();
          }
          LockSupport.parkNanos(10_000_000);
        }
        return first.equals("error") && client.closeCode() == 4429;
      }
    }

    AdminClient admin() {
      return new AdminClient(gateway.uri("http", "/"), "admin:lee");
    }

    /** Why it does not know the others; empty if it does. */
    String problem() {
      return presence.status().orElseThrow().problem().orElse("");
    }

    int known() {
      return presence.status().orElseThrow().servers();
    }

    @Override
    public void close() {
      gateway.close();
      presence.close();
    }
  }

  private final URI redis;
  private final Map<String, String> properties;
  private final Map<Limit, Long> limits;
  private final List<Server> all = new ArrayList<>();

  Servers(URI redis, Map<Limit, Long> limits) {
    this(redis, Map.of("timeout", "500ms"), limits);
  }

  Servers(URI redis, Map<String, String> properties, Map<Limit, Long> limits) {
    this.redis = redis;
    this.properties = properties;
    this.limits = limits;
  }

  /** Two servers that know each other. */
  static Servers two(URI redis, Map<Limit, Long> limits) {
    Servers servers = new Servers(redis, limits);
    servers.start("first");
    servers.start("second");
    servers.awaitKnown();
    return servers;
  }

  Server start(String name) {
    String id = ConnectionId.newServer();
    SharedPresence presence =
        new SharedPresence(new RedisPresenceProvider().open(redis, properties, id), id, name);
    FeedGateway gateway =
        new FeedGateway(
            FeedGateway.options(limits, ELSEWHERE), FeedGateway.byRole(POLICIES), presence);
    Server server = new Server(id, gateway, presence);
    all.add(server);
    return server;
  }

  Server first() {
    return all.getFirst();
  }

  Server second() {
    return all.get(1);
  }

  void awaitKnown() {
    Await.until(
        "all servers know each other",
        () ->
            all.stream().allMatch(each -> each.problem().isEmpty() && each.known() == all.size()));
  }

  /** Waits until each server lists exactly these identities, in order. */
  void awaitListed(String... identities) {
    for (Server each : all) {
      Await.until(
          "all are listed",
          () -> each.problem().isEmpty() && each.admin().identities().equals(List.of(identities)));
    }
  }

  void stop(Server server) {
    all.remove(server);
    server.close();
  }

  @Override
  public void close() {
    all.forEach(Server::close);
  }
}
