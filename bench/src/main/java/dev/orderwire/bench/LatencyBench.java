package dev.orderwire.bench;

import dev.orderwire.bench.peer.NodePeer;
import dev.orderwire.bench.report.Figures;
import dev.orderwire.bench.report.Output;
import dev.orderwire.bench.rig.MysqlStatus;
import dev.orderwire.bench.rig.ProcessCpu;
import dev.orderwire.bench.rig.Rig;
import dev.orderwire.bench.rig.Topology;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * The delay of changes to their arrival at each client, from before the INSERT and from its commit;
 * and what following the change log costs MySQL and the server, under load and idle.
 */
@Command(
    name = "latency",
    description = {
      "Measures the delay from commit to client, and its cost.",
      "The cost is that for MySQL and the server."
    },
    mixinStandardHelpOptions = true)
final class LatencyBench implements Callable<Integer> {
  @Option(
      names = "--clients",
      defaultValue = "10",
      description = "clients, default ${DEFAULT-VALUE}")
  private int clients;

  @Option(
      names = "--rate",
      defaultValue = "50",
      description = "inserts a second, default ${DEFAULT-VALUE}")
  private int rate;

  @Option(
      names = "--seconds",
      defaultValue = "60",
      description = "seconds, default ${DEFAULT-VALUE}")
  private int seconds;

  @Option(
      names = "--warm-up",
      defaultValue = "120",
      description = "seconds before the measurement, default ${DEFAULT-VALUE}")
  private int warmUp;

  @Option(
      names = "--peer",
      paramLabel = "PEER",
      description = "node: compares with a Node.js server on the same MySQL")
  private @Nullable Peer peer;

  @Option(
      names = "--topology",
      split = ",",
      paramLabel = "TOPOLOGY",
      description = "serve, redis, kafka: compares those that are listed")
  private Set<Topology> topologies = EnumSet.noneOf(Topology.class);

  @Mixin private final Output output = new Output();

  /** The servers to compare with. */
  private enum Peer {
    NODE
  }

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() throws Exception {
    if (peer != null && !topologies.isEmpty()) {
      throw new ParameterException(
          spec.commandLine(), "--peer and --topology are two measurements: choose one");
    }
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
    if (!topologies.isEmpty()) {
      TopologyComparison.run(List.copyOf(topologies), clients, rate, warmUp, seconds, output);
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
    InsertLoad load = new InsertLoad(clients, rate, Duration.ZERO);
    CostMeter idleMeter = CostMeter.start(rig, writer);
    Thread.sleep(Duration.ofSeconds(15));
    Cost idle = idleMeter.stop();
    load.run(websocket, http, writer, rate * warmUp);
    CostMeter loadMeter = CostMeter.start(rig, writer);
    Arrivals arrivals = load.run(websocket, http, writer, rate * seconds);
    Cost underLoad = loadMeter.stop();
    arrivals.print(System.out);
    Histogram delays = arrivals.fromBegin();
    output.write(
        rig,
        new Figures()
            .add("clients", "clients", clients, "")
            .add(
                "p50Millis",
                "delay from before the INSERT, p50",
                delays.getValueAtPercentile(50) / 1e6,
                "ms")
            .add("p99Millis", "delay, p99", delays.getValueAtPercentile(99) / 1e6, "ms")
            .add("idleQueries", "queries a second, idle", idle.queries, "")
            .add("idleMysqlPercent", "MySQL's CPU, idle", idle.mysqlPercent, "% of a core")
            .add("idleServerPercent", "server's CPU, idle", idle.serverPercent, "% of a core")
            .add("queries", "queries a second, under load, with the INSERTs", underLoad.queries, "")
            .add("mysqlPercent", "MySQL's CPU, under load", underLoad.mysqlPercent, "% of a core")
            .add(
                "serverPercent",
                "server's CPU, under load",
                underLoad.serverPercent,
                "% of a core"));
  }

  /** Queries a second, and CPU time in percent of one core. */
  private record Cost(double queries, double mysqlPercent, double serverPercent) {}

  /** Measures a {@link Cost} from start to stop. */
  private record CostMeter(
      Connection connection, long questions, ProcessCpu mysql, ProcessCpu server, long began) {
    static CostMeter start(Rig rig, Connection connection) throws IOException, SQLException {
      return new CostMeter(
          connection,
          MysqlStatus.questions(connection),
          ProcessCpu.start(rig.mysql().pid()),
          ProcessCpu.start(rig.server().pid()),
          System.nanoTime());
    }

    Cost stop() throws IOException, SQLException {
      double elapsed = (System.nanoTime() - began) / 1e9;
      return new Cost(
          (MysqlStatus.questions(connection) - questions) / elapsed,
          mysql.seconds() / elapsed * 100,
          server.seconds() / elapsed * 100);
    }
  }
}
