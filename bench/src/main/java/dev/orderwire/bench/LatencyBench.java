package dev.orderwire.bench;

import dev.orderwire.demo.EmbeddedMysql;
import dev.orderwire.demo.SampleOrders;
import java.io.PrintStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
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

  @Option(names = "--seconds", defaultValue = "30", description = "default ${DEFAULT-VALUE}")
  private int seconds;

  @Option(
      names = "--warm-up",
      defaultValue = "10",
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
          rig -> output.write(rig, PeerComparison.measure(rig, clients, rate, warmUp, seconds)));
      return 0;
    }
    BenchFolder.run(folder -> {
      try (EmbeddedMysql mysql = EmbeddedMysql.start(folder.resolve("mysql"), 0, List.of())) {
        SampleOrders.createTable(mysql, BenchFolder.DATABASE);
        try (ServerProcess server =
                ServerProcess.start(mysql, BenchFolder.DATABASE, folder.resolve("server.log"));
            Connection writer = BenchFolder.connect(mysql);
            HttpClient http = HttpClient.newHttpClient()) {
          measure(mysql, server, writer, http, System.out);
        }
      }
    });
    return 0;
  }

  private void measure(
      EmbeddedMysql mysql,
      ServerProcess server,
      Connection writer,
      HttpClient http,
      PrintStream out)
      throws Exception {
    Cost idle = cost(mysql, server, writer, () -> Thread.sleep(Duration.ofSeconds(15)));
    load(server.websocket(), http, writer, rate * warmUp);
    Arrivals[] arrivals = new Arrivals[1];
    Cost busy =
        cost(
            mysql,
            server,
            writer,
            () -> arrivals[0] = load(server.websocket(), http, writer, rate * seconds));
    arrivals[0].print(out);
    Histogram delays = arrivals[0].fromBegin();
    output.write(
        writer,
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
    long interval = TimeUnit.SECONDS.toNanos(1) / rate;
    try (PreparedStatement insert =
        writer.prepareStatement(
            "INSERT INTO orders (customer_name, product_name, status) VALUES (?, 'Laptop', 'pending')")) {
      long next = System.nanoTime();
      for (int order = 0; order < inserts; order++) {
        next += interval;
        for (long wait = next - System.nanoTime(); wait > 0; wait = next - System.nanoTime()) {
          LockSupport.parkNanos(wait);
        }
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

  private static Cost cost(
      EmbeddedMysql mysql, ServerProcess server, Connection connection, Work work)
      throws Exception {
    long questions = MysqlStatus.questions(connection);
    Duration mysqlCpu = ProcessCpu.of(mysql.pid());
    Duration serverCpu = ProcessCpu.of(server.pid());
    long began = System.nanoTime();
    work.run();
    double elapsed = (System.nanoTime() - began) / 1e9;
    return new Cost(
        (MysqlStatus.questions(connection) - questions) / elapsed,
        ProcessCpu.of(mysql.pid()).minus(mysqlCpu).toMillis() / elapsed / 10,
        ProcessCpu.of(server.pid()).minus(serverCpu).toMillis() / elapsed / 10);
  }
}
