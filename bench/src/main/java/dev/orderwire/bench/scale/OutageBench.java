package dev.orderwire.bench.scale;

import dev.orderwire.bench.load.LoadReport;
import dev.orderwire.bench.report.Figures;
import dev.orderwire.bench.report.Output;
import dev.orderwire.bench.rig.Cluster;
import dev.orderwire.bench.rig.PacedWriters;
import dev.orderwire.bench.rig.PacedWriters.StampedStatement;
import dev.orderwire.bench.rig.PacedWriters.WriteResult;
import dev.orderwire.bench.rig.Rig;
import dev.orderwire.bench.rig.Topology;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * How long clients of two gateways receive nothing under load, when the relay that leads is killed,
 * and when the engine of the bus is. The run fails if a change is lost or comes twice.
 */
@Command(
    name = "outage",
    description = {
      "Measures how long clients wait when a relay or the bus dies.",
      "Fails if a change is lost or arrives twice."
    },
    mixinStandardHelpOptions = true)
public final class OutageBench implements Callable<Integer> {
  private static final int RELAYS = 2;
  private static final int GATEWAYS = 2;
  private static final int WRITERS = 2;
  private static final int CONNECTS_PER_SECOND = 100;
  private static final Duration ARRIVES_WITHIN = Duration.ofMinutes(1);

  /** Each fault follows after so much undisturbed time. */
  private static final Duration BEFORE = Duration.ofSeconds(3);

  private static final Duration AFTER = Duration.ofSeconds(9);
  private static final Duration RELAY_RESTARTS_AFTER = Duration.ofSeconds(1);
  private static final Duration BUS_RESTARTS_AFTER = Duration.ofSeconds(10);

  @Option(
      names = "--topology",
      defaultValue = "redis",
      description = "redis or kafka, default ${DEFAULT-VALUE}")
  private Topology topology = Topology.REDIS;

  @Option(
      names = "--clients",
      defaultValue = "10",
      description = "clients of each of two gateways, default ${DEFAULT-VALUE}")
  private int clients;

  @Option(
      names = "--rate",
      defaultValue = "500",
      description = "changes a second, default ${DEFAULT-VALUE}")
  private int rate;

  @Option(
      names = "--warm-up",
      defaultValue = "30",
      description = "seconds before the measurement, default ${DEFAULT-VALUE}")
  private int warmUp;

  @Option(
      names = "--kills",
      defaultValue = "5",
      description = "how often each of the two is killed, default ${DEFAULT-VALUE}")
  private int kills;

  @Mixin private final Output output = new Output();

  /** What happens in a round, and is over when it returns. */
  private interface Fault {
    void happen() throws Exception;
  }

  /** All rounds with one kind of fault. */
  private static final class Rounds {
    private final List<Double> silences = new ArrayList<>();
    private double longestDelay;
    private long deliveries;

    void add(LoadReport report) {
      silences.add(report.silenceMillis());
      longestDelay = Math.max(longestDelay, report.longestMillis());
      deliveries += report.changes();
    }

    double longestSilence() {
      return silences.stream().mapToDouble(each -> each).max().orElse(0);
    }

    void addTo(Figures figures, String key, String label, String target) {
      figures
          .add(
              key + "SilenceMillis",
              label + ": longest time without delivery",
              longestSilence(),
              "ms",
              target)
          .add(key + "LongestMillis", label + ": longest delay", longestDelay, "ms")
          .add(key + "Deliveries", label + ": deliveries, none lost", (double) deliveries, "")
          .remark(
              silences.stream()
                  .map("%,.0f"::formatted)
                  .collect(Collectors.joining("; ", label + ", each: ", " ms")));
    }
  }

  @Override
  public Integer call() throws Exception {
    Clusters.requireBus(topology);
    Rig.runWithoutServer(
        clients, WRITERS, (rig, writers) -> output.write(rig, measure(rig, writers)));
    return 0;
  }

  private Figures measure(Rig rig, PacedWriters writers) throws Exception {
    Cluster cluster = Cluster.start(rig, topology, RELAYS, GATEWAYS);
    for (int i = 0; i < GATEWAYS; i++) {
      rig.load()
          .connect(group(i), clients, CONNECTS_PER_SECOND, cluster.servers().get(i).websocket());
    }
    round(rig, writers, Duration.ofSeconds(warmUp), () -> {});
    Rounds nothing = new Rounds();
    Rounds leader = new Rounds();
    Rounds bus = new Rounds();
    nothing.add(round(rig, writers, BEFORE.plus(AFTER), () -> {}));
    for (int i = 0; i < kills; i++) {
      leader.add(
          round(
              rig,
              writers,
              BEFORE.plus(AFTER),
              () -> {
                cluster.killLeader();
                Thread.sleep(RELAY_RESTARTS_AFTER);
                cluster.addRelay();
              }));
    }
    for (int i = 0; i < kills; i++) {
      bus.add(
          round(
              rig,
              writers,
              BEFORE.plus(BUS_RESTARTS_AFTER).plus(AFTER),
              () -> {
                cluster.bus().kill();
                Thread.sleep(BUS_RESTARTS_AFTER);
                cluster.bus().restart();
              }));
    }
    Figures figures = new Figures().add("rate", "changes a second", rate, "");
    nothing.addTo(figures, "undisturbed", "undisturbed", "");
    leader.addTo(figures, "leader", "the leading relay killed", "<= 3,000");
    bus.addTo(
        figures,
        "bus",
        "%s killed for %d s".formatted(topology, BUS_RESTARTS_AFTER.toSeconds()),
        "<= 2,000");
    return figures;
  }

  /** Writes for a time, in which the fault happens, and returns when all changes have arrived. */
  private LoadReport round(Rig rig, PacedWriters writers, Duration time, Fault fault)
      throws Exception {
    for (int i = 0; i < GATEWAYS; i++) {
      rig.load().clear(group(i));
    }
    FutureTask<WriteResult> writing =
        new FutureTask<>(() -> writers.write(StampedStatement.INSERT, rate, time.toMillis() / 1e3));
    Thread.ofPlatform().start(writing);
    Thread.sleep(BEFORE);
    fault.happen();
    WriteResult written = writing.get();
    List<LoadReport> reports = new ArrayList<>();
    for (int i = 0; i < GATEWAYS; i++) {
      reports.add(
          rig.load()
              .await(group(i), written.from(), written.to(), ARRIVES_WITHIN)
              .requireComplete());
    }
    return LoadReport.sum(reports);
  }

  private static String group(int gateway) {
    return "gateway-" + gateway;
  }
}
