package dev.orderwire.bench;

import dev.orderwire.bench.report.Figures;
import dev.orderwire.bench.report.Output;
import dev.orderwire.bench.rig.Cluster;
import dev.orderwire.bench.rig.Rig;
import dev.orderwire.bench.rig.Topology;
import java.net.http.HttpClient;
import java.sql.Connection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.HdrHistogram.Histogram;

/**
 * Compares the delays, from the commit's answer to the arrival at each client, of servers in
 * several topologies. Each has a MySQL of its own. All run all the time, and have inserts and
 * clients in alternating turns, so that other load on the machine affects all alike.
 */
final class TopologyComparison {
  private static final int TURN_SECONDS = 5;
  private static final Duration SETTLES_FOR = Duration.ofSeconds(1);

  private final InsertLoad load;
  private final int warmUp;
  private final int seconds;
  private final Output output;
  private final HttpClient http;
  private final List<Side> sides = new ArrayList<>();

  private TopologyComparison(
      InsertLoad load, int warmUp, int seconds, Output output, HttpClient http) {
    this.load = load;
    this.warmUp = warmUp;
    this.seconds = seconds;
    this.output = output;
    this.http = http;
  }

  /** A topology, with the delays at its clients in all its measured turns, in nanoseconds. */
  private record Side(
      Topology topology,
      Cluster cluster,
      Connection writer,
      Histogram delays,
      List<Histogram> turns) {
    double millis(double percentile) {
      return delays.getValueAtPercentile(percentile) / 1e6;
    }

    void add(Histogram turn) {
      delays.add(turn);
      turns.add(turn);
    }

    void clear() {
      delays.reset();
      turns.clear();
    }

    String remark() {
      return turns.stream()
          .map(turn -> "%.1f".formatted(turn.getValueAtPercentile(99) / 1e6))
          .collect(Collectors.joining(", ", "p99 of each turn, " + topology + ": ", " ms"));
    }
  }

  /**
   * Measures, and writes the figures.
   *
   * @param topologies each once
   * @param rate inserts a second
   * @param warmUp seconds of turns in each topology that are not measured
   * @param seconds seconds of measured turns in each topology
   */
  static void run(
      List<Topology> topologies, int clients, int rate, int warmUp, int seconds, Output output)
      throws Exception {
    for (Topology each : topologies) {
      each.require();
    }
    try (HttpClient http = HttpClient.newHttpClient()) {
      new TopologyComparison(
              new InsertLoad(clients, rate, SETTLES_FOR), warmUp, seconds, output, http)
          .startAndMeasure(topologies);
    }
  }

  private void startAndMeasure(List<Topology> rest) throws Exception {
    Topology topology = rest.getFirst();
    List<Topology> others = rest.subList(1, rest.size());
    Rig.runWithoutServer(rig -> {
      Cluster cluster = Cluster.start(rig, topology, 1, 1);
      try (Connection writer = rig.connect()) {
        sides.add(new Side(topology, cluster, writer, new Histogram(3), new ArrayList<>()));
        if (others.isEmpty()) {
          measure(rig);
        } else {
          startAndMeasure(others);
        }
      }
    });
  }

  private void measure(Rig rig) throws Exception {
    turns(warmUp);
    sides.forEach(Side::clear);
    turns(seconds);
    output.write(rig, figures());
  }

  private void turns(int time) throws Exception {
    List<Side> order = new ArrayList<>(sides);
    for (int turn = 0; turn < Math.ceilDiv(time, TURN_SECONDS); turn++) {
      for (Side side : order) {
        side.add(turn(side));
      }
      Collections.rotate(order, 1);
    }
  }

  private Histogram turn(Side side) throws Exception {
    return load.run(
            side.cluster.servers().getFirst().websocket(),
            http,
            side.writer,
            load.rate() * TURN_SECONDS)
        .fromCommit();
  }

  private Figures figures() {
    Figures figures = new Figures().add("clients", "clients", load.clients(), "");
    for (Side side : sides) {
      String key = side.topology.toString();
      String label = key + ", delay from the commit's answer, ";
      figures
          .add(key + "P50Millis", label + "p50", side.millis(50), "ms")
          .add(key + "P99Millis", label + "p99", side.millis(99), "ms")
          .add(key + "LongestMillis", label + "longest", side.delays.getMaxValue() / 1e6, "ms");
    }
    sides.stream()
        .filter(side -> side.topology == Topology.SERVE)
        .findFirst()
        .ifPresent(serve ->
            sides.stream()
                .filter(side -> side.topology != Topology.SERVE)
                .forEach(side -> add(figures, serve, side)));
    sides.forEach(side -> figures.remark(side.remark()));
    return figures;
  }

  private static void add(Figures figures, Side serve, Side side) {
    double[] most = side.topology == Topology.REDIS ? new double[] {2.5, 10} : new double[] {4, 20};
    double[] percentiles = {50, 99};
    for (int i = 0; i < percentiles.length; i++) {
      double percentile = percentiles[i];
      figures.add(
          "%sAddsP%.0fMillis".formatted(side.topology, percentile),
          "%s adds to serve, p%.0f".formatted(side.topology, percentile),
          side.millis(percentile) - serve.millis(percentile),
          "ms",
          String.format(Locale.ROOT, "<= %s", most[i]));
    }
  }
}
