package dev.orderwire.bench.scale;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.orderwire.bench.load.Load;
import dev.orderwire.bench.load.LoadReport;
import dev.orderwire.bench.report.Figures;
import dev.orderwire.bench.rig.Cluster;
import dev.orderwire.bench.rig.PacedWriters;
import dev.orderwire.bench.rig.PacedWriters.StampedStatement;
import dev.orderwire.bench.rig.PacedWriters.WriteResult;
import dev.orderwire.bench.rig.ProcessCpu;
import dev.orderwire.bench.rig.Rig;
import dev.orderwire.bench.rig.ServerProcess;
import dev.orderwire.bench.rig.Topology;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.HdrHistogram.Histogram;

/**
 * The CPU time of one, two and three gateways for each delivery, in alternating turns. All gateways
 * run and have their clients all the time. The changes of a turn concern the clients of so many
 * gateways, by their {@code where}.
 */
final class GatewayCost {
  private static final int GATEWAYS = 3;
  private static final int TURNS = 3;
  private static final int CHANGES_PER_SECOND = 20;
  private static final int CONNECTS_PER_SECOND = 1_000;
  private static final Duration ARRIVES_WITHIN = Duration.ofSeconds(60);

  private final Load load;
  private final PacedWriters writers;
  private final int clients;
  private final List<ServerProcess> gateways;
  private final List<Turns> turns = new ArrayList<>();

  /** The turns with so many gateways: deliveries for a second of their CPU time, and delays. */
  private record Turns(int gateways, List<Double> perCpuSecond, Histogram delays) {
    double median() {
      return Figures.median(perCpuSecond);
    }

    String remark() {
      return perCpuSecond.stream()
          .map("%,.0f"::formatted)
          .collect(Collectors.joining("; ", "turns of %d, a CPU second: ".formatted(gateways), ""));
    }
  }

  /**
   * Starts the servers and connects the clients.
   *
   * @param clients of each gateway
   */
  GatewayCost(Rig rig, PacedWriters writers, Topology topology, int clients)
      throws IOException, InterruptedException {
    this.load = rig.load();
    this.writers = writers;
    this.clients = clients;
    this.gateways = Cluster.start(rig, topology, 1, GATEWAYS).servers();
    for (int i = 1; i <= GATEWAYS; i++) {
      load.connect(group(i), clients, CONNECTS_PER_SECOND, view(i));
      turns.add(new Turns(i, new ArrayList<>(), new Histogram(3)));
    }
  }

  private static String group(int gateway) {
    return "gateway-" + gateway;
  }

  /** The changes of turns with at least so many gateways. */
  private URI view(int gateway) {
    String products =
        IntStream.rangeClosed(gateway, GATEWAYS)
            .mapToObj("\"%d\""::formatted)
            .collect(Collectors.joining(","));
    String where = "{\"product_name\":{\"in\":[" + products + "]}}";
    return URI.create(
        gateways.get(gateway - 1).websocket() + "?where=" + URLEncoder.encode(where, UTF_8));
  }

  /**
   * @param warmUp seconds of a first turn with all gateways
   * @param seconds of each turn
   */
  Figures measure(int warmUp, int seconds) throws Exception {
    take(turns.getLast(), warmUp);
    turns.getLast().perCpuSecond.clear();
    turns.getLast().delays.reset();
    for (int i = 0; i < TURNS; i++) {
      for (Turns each : turns) {
        take(each, seconds);
      }
    }
    return figures();
  }

  private void take(Turns turn, int seconds) throws Exception {
    StampedStatement insert =
        new StampedStatement(
            "INSERT INTO orders (customer_name, product_name, status) VALUES (?, ?, 'pending')",
            (statement, _) -> statement.setString(2, String.valueOf(turn.gateways)));
    List<ProcessCpu> cpu = new ArrayList<>();
    for (int i = 1; i <= turn.gateways; i++) {
      load.clear(group(i));
      cpu.add(ProcessCpu.start(gateways.get(i - 1).pid()));
    }
    WriteResult written = writers.write(insert, CHANGES_PER_SECOND, seconds);
    long deliveries = 0;
    for (int i = 1; i <= turn.gateways; i++) {
      LoadReport report =
          load.await(group(i), written.from(), written.to(), ARRIVES_WITHIN).requireComplete();
      deliveries += report.changes();
      turn.delays.add(report.delays());
    }
    double used = 0;
    for (ProcessCpu each : cpu) {
      used += each.seconds();
    }
    turn.perCpuSecond.add(deliveries / used);
  }

  private Figures figures() {
    Figures figures = new Figures().add("clients", "clients of each gateway", clients, "");
    double one = turns.getFirst().median();
    for (Turns each : turns) {
      int count = each.gateways;
      String label = count == 1 ? "1 gateway, " : count + " gateways, ";
      figures.add(
          "deliveries" + count,
          label + "deliveries for a second of their CPU time",
          each.median(),
          "");
      if (count > 1) {
        figures.add(
            "ratio" + count,
            label + "to 1",
            each.median() / one,
            "x",
            count == GATEWAYS ? ">= 0.9" : "");
      }
      figures.add(
          "p99Millis" + count,
          label + "delay from before the INSERT, p99",
          each.delays.getValueAtPercentile(99) / 1e6,
          "ms");
    }
    turns.forEach(each -> figures.remark(each.remark()));
    return figures;
  }
}
