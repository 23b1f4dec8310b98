package dev.orderwire.bench.scale;

import dev.orderwire.bench.report.Output;
import dev.orderwire.bench.rig.Rig;
import dev.orderwire.bench.rig.Topology;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * What gateways behind a relay cost, in three parts: CPU time for each delivery, queries on MySQL,
 * and many connections. Each part has a rig of its own, and writes figures of its own.
 */
@Command(
    name = "scale",
    description = "Measures what further gateways cost and carry.",
    mixinStandardHelpOptions = true)
public final class ScaleBench implements Callable<Integer> {
  private enum Part {
    COST,
    QUERIES,
    CONNECTIONS
  }

  @Option(
      names = "--part",
      split = ",",
      paramLabel = "PART",
      description = "cost, queries, connections: only these")
  private Set<Part> parts = EnumSet.allOf(Part.class);

  @Option(
      names = "--topology",
      defaultValue = "redis",
      description = "redis or kafka, default ${DEFAULT-VALUE}")
  private Topology topology = Topology.REDIS;

  @Option(
      names = "--clients",
      defaultValue = "1000",
      description = "cost: clients of each gateway, default ${DEFAULT-VALUE}")
  private int clients;

  @Option(
      names = "--warm-up",
      defaultValue = "60",
      description = "cost: seconds before the first turn, default ${DEFAULT-VALUE}")
  private int warmUp;

  @Option(
      names = "--seconds",
      defaultValue = "15",
      description = "cost, queries: seconds of each turn under load, default ${DEFAULT-VALUE}")
  private int seconds;

  @Option(
      names = "--connections",
      defaultValue = "45000",
      description = "connections over three gateways, default ${DEFAULT-VALUE}")
  private int connections;

  @Mixin private final Output output = new Output();

  @Override
  public Integer call() throws Exception {
    Clusters.requireBus(topology);
    if (parts.contains(Part.COST)) {
      Rig.runWithoutServer(
          clients,
          1,
          (rig, writers) ->
              output.write(
                  rig, new GatewayCost(rig, writers, topology, clients).measure(warmUp, seconds)));
    }
    if (parts.contains(Part.QUERIES)) {
      Rig.runWithoutServer(
          1,
          1,
          (rig, writers) ->
              output.write(rig, new QueryRate(rig, writers, seconds).measure(topology)));
    }
    if (parts.contains(Part.CONNECTIONS)) {
      Rig.runWithoutServer(
          Math.ceilDiv(connections, ManyConnections.GATEWAYS),
          1,
          (rig, writers) ->
              output.write(rig, ManyConnections.measure(rig, writers, topology, connections)));
    }
    return 0;
  }
}
