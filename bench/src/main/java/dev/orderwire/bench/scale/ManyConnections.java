package dev.orderwire.bench.scale;

import dev.orderwire.bench.load.Load;
import dev.orderwire.bench.load.LoadReport;
import dev.orderwire.bench.report.Figures;
import dev.orderwire.bench.rig.Cluster;
import dev.orderwire.bench.rig.PacedWriters;
import dev.orderwire.bench.rig.PacedWriters.StampedStatement;
import dev.orderwire.bench.rig.PacedWriters.WriteResult;
import dev.orderwire.bench.rig.ProcessMemory;
import dev.orderwire.bench.rig.Rig;
import dev.orderwire.bench.rig.ServerProcess;
import dev.orderwire.bench.rig.Topology;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Many subscribed connections over three gateways, each of which receives each change. */
final class ManyConnections {
  static final int GATEWAYS = 3;

  private static final int CONNECTS_PER_SECOND = 2_000;
  private static final int CHANGES_PER_SECOND = 1;
  private static final int CHANGING_SECONDS = 20;
  private static final Duration ARRIVES_WITHIN = Duration.ofMinutes(1);
  private static final Duration SAMPLED_FOR = Duration.ofSeconds(10);

  private ManyConnections() {}

  /**
   * @param connections over all gateways
   */
  static Figures measure(Rig rig, PacedWriters writers, Topology topology, int connections)
      throws Exception {
    List<ServerProcess> gateways = Cluster.start(rig, topology, 1, GATEWAYS).servers();
    Load load = rig.load();
    double connecting = 0;
    int rest = connections;
    for (int i = 0; i < GATEWAYS; i++) {
      int share = rest / (GATEWAYS - i);
      rest -= share;
      connecting +=
          load.connect(group(i), share, CONNECTS_PER_SECOND, gateways.get(i).websocket()).toMillis()
              / 1e3;
    }
    WriteResult written =
        writers.write(StampedStatement.INSERT, CHANGES_PER_SECOND, CHANGING_SECONDS);
    List<LoadReport> reports = new ArrayList<>();
    for (int i = 0; i < GATEWAYS; i++) {
      reports.add(
          load.await(group(i), written.from(), written.to(), ARRIVES_WITHIN).requireComplete());
    }
    double resident = 0;
    for (ServerProcess gateway : gateways) {
      resident += ProcessMemory.lowest(gateway.pid(), SAMPLED_FOR);
    }
    LoadReport all = LoadReport.sum(reports);
    return new Figures()
        .add("connections", "subscribed connections over three gateways", all.served(), "")
        .add("connectingSeconds", "time to connect them", connecting, "s")
        .add("changes", "changes, each to each connection", written.to() - written.from(), "")
        .add("deliveries", "deliveries", (double) all.changes(), "")
        .add("missing", "missing", (double) all.missing(), "", "0")
        .add("p50Millis", "delay from before the INSERT, p50", all.millis(50), "ms")
        .add("p99Millis", "delay, p99", all.millis(99), "ms")
        .add("longestMillis", "delay, longest", all.longestMillis(), "ms")
        .add(
            "residentMebibytes",
            "resident memory of the three gateways",
            resident / (1 << 20),
            "MiB");
  }

  private static String group(int gateway) {
    return "gateway-" + gateway;
  }
}
