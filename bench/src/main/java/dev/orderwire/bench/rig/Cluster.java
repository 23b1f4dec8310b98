package dev.orderwire.bench.rig;

import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The servers of a rig and their bus, as processes that are closed with the rig. For one thread.
 */
public final class Cluster {
  private static final Duration LEADS_WITHIN = Duration.ofSeconds(30);
  private static final Duration POLL_INTERVAL = Duration.ofMillis(50);

  private final Rig rig;
  private final HttpClient http;
  private final Optional<BusEngine> bus;
  private final Map<String, String> settings;
  private final List<ServerProcess> relays = new ArrayList<>();
  private final List<ServerProcess> servers = new ArrayList<>();
  private int started;

  private Cluster(Rig rig, Topology topology) throws IOException {
    this.rig = rig;
    this.http = rig.start("http", _ -> HttpClient.newHttpClient());
    this.bus = topology.startBus(rig.folder());
    if (bus.isPresent()) {
      rig.start("bus", _ -> bus.get());
    }
    this.settings =
        bus.map(engine -> Map.of("ORDERWIRE_BUS_URL", engine.address().toString()))
            .orElse(Map.of());
  }

  /**
   * Starts the processes, and returns when all are ready and one leads.
   *
   * @param relays how many of them; without a bus there are none
   * @param servers how many processes have clients: gateways, or without a bus, {@code serve}
   */
  public static Cluster start(Rig rig, Topology topology, int relays, int servers)
      throws IOException, InterruptedException {
    Cluster cluster = new Cluster(rig, topology);
    if (cluster.bus.isPresent()) {
      for (int i = 0; i < relays; i++) {
        cluster.addRelay();
      }
      cluster.leader();
    }
    cluster.addServers(servers);
    return cluster;
  }

  /** Starts another relay, and returns when it is ready. */
  public void addRelay() throws IOException {
    relays.add(startServer("relay"));
  }

  /** Starts further processes that have clients, and returns when they are ready. */
  public void addServers(int count) throws IOException {
    for (int i = 0; i < count; i++) {
      servers.add(startServer(bus.isPresent() ? "gateway" : "serve"));
    }
  }

  private ServerProcess startServer(String command) throws IOException {
    started++;
    return rig.startServer(
        "%s-%d".formatted(command, started),
        log -> ServerProcess.start(command, rig.mysql(), Rig.DATABASE, settings, log));
  }

  /** The processes that have clients. */
  public List<ServerProcess> servers() {
    return List.copyOf(servers);
  }

  /** Its bus, if it has one. */
  public BusEngine bus() {
    return bus.orElseThrow();
  }

  /** The relay that leads; waits until one does. */
  public ServerProcess leader() throws IOException, InterruptedException {
    long end = System.nanoTime() + LEADS_WITHIN.toNanos();
    while (System.nanoTime() < end) {
      for (ServerProcess relay : relays) {
        if (health(relay).path("cluster").path("leads").asBoolean(false)) {
          return relay;
        }
      }
      Thread.sleep(POLL_INTERVAL);
    }
    throw new IllegalStateException(
        "no relay leads %d seconds after the start".formatted(LEADS_WITHIN.toSeconds()));
  }

  private JsonNode health(ServerProcess server) throws IOException, InterruptedException {
    HttpRequest request = HttpRequest.newBuilder(server.health()).build();
    return JsonMapper.shared().readTree(http.send(request, BodyHandlers.ofString()).body());
  }

  /** Kills the relay that leads, as {@code kill -9} does, and returns when it has ended. */
  public void killLeader() throws IOException, InterruptedException {
    ServerProcess leader = leader();
    relays.remove(leader);
    leader.kill();
  }
}
