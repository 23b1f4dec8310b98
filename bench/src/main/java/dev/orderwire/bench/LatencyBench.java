package dev.orderwire.bench;

import java.net.URI;
import java.net.http.HttpClient;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * The delay of a change: from before its INSERT, and from the INSERT's answer (the commit), to the
 * arrival at each client; and what the tail costs MySQL meanwhile and when nothing happens.
 */
@Command(
    name = "latency",
    description = "The delay from commit to client, and what it costs MySQL.",
    mixinStandardHelpOptions = true)
final class LatencyBench implements Callable<Integer> {
  @Option(names = "--clients", defaultValue = "10", description = "default ${DEFAULT-VALUE}")
  private int clients;

  @Option(
      names = "--rate",
      defaultValue = "50",
      description = "inserts a second, default ${DEFAULT-VALUE}")
  private int rate;

  @Option(names = "--seconds", defaultValue = "60", description = "default ${DEFAULT-VALUE}")
  private int seconds;

  @Option(
      names = "--warm-up",
      defaultValue = "120",
      description = "seconds, default ${DEFAULT-VALUE}")
  private int warmUp;

  @Option(
      names = "--peer",
      paramLabel = "PEER",
      description = "node: measures a Node.js server beside it")
  private @Nullable Peer peer;

  @Mixin private final Output output = new Output();

  /** What there is to compare with. */
  private enum Peer {
    NODE
  }

  @Override
  public Integer call() throws Exception {
    if (peer == Peer.NODE) {
      NodePeer.require();
      Rig.run(
          clients,
          1,
          (rig, writers) ->
              output.write(
                  rig, PeerComparison.measure(rig, writers, clients, rate, warmUp, seconds)));
      return 0;
    }
    Rig.run(rig -> {
      try (Connection writer = rig.connect();
          HttpClient http = HttpClient.newHttpClient()) {
        measure(rig, writer, http);
      }
    });
    return 0;
  }

  private void measure(Rig rig, Connection writer, HttpClient http) throws Exception {
    URI websocket = rig.server().websocket();
    Cost idle = cost(rig, writer, () -> Thread.sleep(Duration.ofSeconds(15)));
    load(websocket, http, writer, rate * warmUp);
    Arrivals[] arrivals = new Arrivals[1];
    Cost busy =
        cost(rig, writer, () -> arrivals[0] = load(websocket, http, writer, rate * seconds));
    arrivals[0].print(System.out);
    Histogram delays = arrivals[0].fromBegin();
    output.write(
        rig,
        new Figures()
            .add("clients", "clients", clients, "")
            .add(
                "p50Millis",
                "from before the INSERT, p50",
                delays.getValueAtPercentile(50) / 1e6,
                "ms")
            .add("p99Millis", "p99", delays.getValueAtPercentile(99) / 1e6, "ms")
            .add("idleQueries", "queries a second, idle", idle.queries, "")
            .add("idleMysqlPercent", "MySQL, idle", idle.mysql, "% of a core")
            .add("idleServerPercent", "server, idle", idle.server, "% of a core")
            .add("queries", "queries a second under load, the load's too", busy.queries, "")
            .add("mysqlPercent", "MySQL, under load", busy.mysql, "% of a core")
            .add("serverPercent", "server, under load", busy.server, "% of a core"));
  }

  /** Inserts at the rate while the clients watch; ends when every client has seen every insert. */
  private Arrivals load(URI websocket, HttpClient http, Connection writer, int inserts)
      throws SQLException, InterruptedException {
    Arrivals arrivals = new Arrivals(clients, inserts, newestOrder(writer) + 1);
    List<Watcher> watchers = arrivals.watch(http, websocket);
    try {
      insert(writer, arrivals, inserts);
      if (!arrivals.await(Duration.ofSeconds(60))) {
        watchers.forEach(Watcher::checkOpen);
        throw new IllegalStateException("arrivals are missing");
      }
      return arrivals;
    } finally {
      watchers.forEach(Watcher::close);
    }
  }

  private void insert(Connection writer, Arrivals arrivals, int inserts) throws SQLException {
    try (PreparedStatement insert =
        writer.prepareStatement(
            "INSERT INTO orders (customer_name, product_name, status) VALUES (?, 'Laptop', 'pending')")) {
      Pace pace = Pace.of(rate, 1);
      for (int order = 0; order < inserts; order++) {
        pace.await();
        insert.setString(1, "Customer " + order);
        long start = System.nanoTime();
        insert.executeUpdate();
        arrivals.inserted(order, start, System.nanoTime());
      }
    }
  }

  private static long newestOrder(Connection connection) throws SQLException {
    return MysqlStatus.number(connection, "SELECT COALESCE(MAX(id), 0) FROM orders");
  }

  /** What a second of something takes: statements, and processor time in percent of one core. */
  private record Cost(double queries, double mysql, double server) {}

  @FunctionalInterface
  private interface Work {
    void run() throws Exception;
  }

  private static Cost cost(Rig rig, Connection connection, Work work) throws Exception {
    long questions = MysqlStatus.questions(connection);
    ProcessCpu mysql = ProcessCpu.from(rig.mysql().pid());
    ProcessCpu server = ProcessCpu.from(rig.server().pid());
    long began = System.nanoTime();
    work.run();
    double elapsed = (System.nanoTime() - began) / 1e9;
    return new Cost(
        (MysqlStatus.questions(connection) - questions) / elapsed,
        mysql.seconds() / elapsed * 100,
        server.seconds() / elapsed * 100);
  }
}
