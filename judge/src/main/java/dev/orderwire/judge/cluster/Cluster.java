package dev.orderwire.judge.cluster;

import dev.orderwire.bus.Buses;
import dev.orderwire.judge.client.Endpoint;
import dev.orderwire.judge.run.Patience;
import dev.orderwire.judge.run.Plan;
import dev.orderwire.judge.run.Tally;
import dev.orderwire.judge.run.Topology;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * The servers of a run, in the topology of its plan, and all that connects them. Safe for use by
 * any number of threads, once started.
 */
public final class Cluster implements AutoCloseable {
  private final Plan plan;
  private final Site site;
  private final @Nullable Broker broker;
  private final @Nullable Replica replica;
  private final List<ServerProcess> servers = new CopyOnWriteArrayList<>();
  private volatile @Nullable Balancer balancer;
  private long term;

  /** What a topology needs and this machine lacks, and what to do; empty for nothing. */
  public static Optional<String> missing(Topology topology) {
    if (!topology.hasBus()) {
      return Optional.empty();
    }
    if (topology == Topology.REDIS && RedisProcess.installed().isEmpty()) {
      return Optional.of(
          "no redis-server in PATH: install it, on Debian as root with apt-get install redis-server");
    }
    String build =
        "run ./orderwire test --torture --topology %s, which builds it".formatted(topology);
    if (topology == Topology.KAFKA) {
      Optional<String> missing = KafkaProcess.missing(build);
      if (missing.isPresent()) {
        return missing;
      }
    }
    Path plugin = Buses.folder().resolve(topology.toString());
    return Files.isDirectory(plugin)
        ? Optional.empty()
        : Optional.of("no plugin in %s: %s".formatted(plugin, build));
  }

  private static @Nullable Broker broker(Plan plan, Path folder, Tally tally) throws IOException {
    return switch (plan.topology()) {
      case DIRECT, SERVE, REPLICA -> null;
      case REDIS -> new RedisBroker(folder.resolve("redis"), tally);
      case KAFKA -> new KafkaBroker(folder.resolve("kafka"), plan.relays() + plan.servers(), tally);
    };
  }

  /** Starts the engine of the bus and the replica, as far as the topology has them. */
  public Cluster(Plan plan, Site site) throws IOException, SQLException {
    this.plan = plan;
    this.site = site;
    this.broker = broker(plan, site.folder(), site.tally());
    this.replica =
        plan.topology().hasReplica()
            ? new Replica(site.folder().resolve("replica"), site.database(), site.tally())
            : null;
  }

  /** Starts the servers, one after the other: the first one installs the triggers. */
  public void start(Patience patience) throws IOException, InterruptedException {
    for (int i = 1; i <= plan.relays(); i++) {
      start(Role.RELAY, i, patience);
    }
    for (int i = 1; i <= plan.servers(); i++) {
      start(plan.relays() > 0 ? Role.GATEWAY : Role.SERVE, i, patience);
    }
    if (plan.topology().hasBalancer()) {
      balancer = new Balancer(plan.seed(), serving(), site.folder());
    }
  }

  private void start(Role role, int number, Patience patience)
      throws IOException, InterruptedException {
    ServerProcess server = new ServerProcess(role, number, site, broker, replica);
    servers.add(server);
    patience.await("start of " + server, server::isReady);
  }

  /** All servers. */
  public List<ServerProcess> servers() {
    return List.copyOf(servers);
  }

  /** The servers that clients are served by. */
  public List<ServerProcess> serving() {
    return servers.stream().filter(each -> each.role().servesClients()).toList();
  }

  /** The servers that may lead. */
  public List<ServerProcess> candidates() {
    return servers.stream().filter(each -> each.role().leads()).toList();
  }

  /** Where clients connect. */
  public List<? extends Endpoint> endpoints() {
    return balancer().<List<? extends Endpoint>>map(List::of).orElseGet(this::serving);
  }

  public Optional<Balancer> balancer() {
    return Optional.ofNullable(balancer);
  }

  public Optional<Broker> broker() {
    return Optional.ofNullable(broker);
  }

  /** The topics of the tables, if the engine of the bus has them. */
  public Optional<TableTopics> tableTopics() {
    return broker instanceof TableTopics topics ? Optional.of(topics) : Optional.empty();
  }

  public Optional<Replica> replica() {
    return Optional.ofNullable(replica);
  }

  /** The server that leads, if one says so soon. */
  public Optional<ServerProcess> leader() throws InterruptedException {
    for (ServerProcess each : candidates()) {
      if (each.health().leads()) {
        return Optional.of(each);
      }
    }
    return Optional.empty();
  }

  public boolean areServersReady() {
    return servers.stream().allMatch(ServerProcess::isReady);
  }

  /** Waits until all servers say that nothing is wrong, and agree on a leader. */
  public boolean awaitUp(Patience patience) throws InterruptedException {
    boolean up = true;
    for (ServerProcess server : servers) {
      up &= patience.await("health of " + server, server.health()::isUp);
    }
    return up && (broker == null || patience.await("one leader", this::hasOneLeader));
  }

  private boolean hasOneLeader() throws IOException, InterruptedException {
    Set<String> named = new HashSet<>();
    int leaders = 0;
    long newest = 0;
    for (ServerProcess server : servers) {
      JsonNode cluster = server.health().cluster();
      named.add(cluster.path("leader").asString());
      leaders += cluster.path("leads").asBoolean(false) ? 1 : 0;
      newest = Math.max(newest, cluster.path("term").asLong());
    }
    if (leaders != 1 || named.size() != 1) {
      return false;
    }
    if (newest != term) {
      site.tally().count(Tally.Group.FAULTS, "rounds that ended with another leader");
      term = newest;
    }
    return true;
  }

  @Override
  public void close() {
    servers.forEach(ServerProcess::close);
    balancer().ifPresent(Balancer::close);
    if (broker != null) {
      broker.close();
    }
    if (replica != null) {
      replica.close();
    }
  }
}
