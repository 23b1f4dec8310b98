package dev.orderwire.bench;

import dev.orderwire.bench.load.Load;
import dev.orderwire.bench.report.Figures;
import dev.orderwire.bench.report.Output;
import dev.orderwire.bench.rig.PacedWriters;
import dev.orderwire.bench.rig.PacedWriters.StampedStatement;
import dev.orderwire.bench.rig.PacedWriters.WriteResult;
import dev.orderwire.bench.rig.ProcessMemory;
import dev.orderwire.bench.rig.Rig;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * The server's resident memory per idle subscribed connection. Other clients connect and receive
 * changes first, so that the server is warm.
 */
@Command(
    name = "idle",
    description = "Measures the resident memory per subscribed connection.",
    mixinStandardHelpOptions = true)
final class IdleBench implements Callable<Integer> {
  private static final int CONNECTS_PER_SECOND = 2_000;
  private static final int CHANGES_PER_SECOND = 5;
  private static final int CHANGING_SECONDS = 2;
  private static final Duration ARRIVES_WITHIN = Duration.ofSeconds(60);

  @Option(
      names = "--clients",
      defaultValue = "15000",
      description = "measured connections, default ${DEFAULT-VALUE}")
  private int clients;

  @Option(
      names = "--before",
      defaultValue = "1000",
      description = "clients that connect first, to warm the server, default ${DEFAULT-VALUE}")
  private int before;

  @Option(
      names = "--settle",
      defaultValue = "60",
      description = "seconds without load in which memory is sampled, default ${DEFAULT-VALUE}")
  private int settle;

  @Mixin private final Output output = new Output();

  @Override
  public Integer call() throws Exception {
    Rig.run(before + clients, 1, (rig, writers) -> output.write(rig, measure(rig, writers)));
    return 0;
  }

  private Figures measure(Rig rig, PacedWriters writers) throws Exception {
    double without = residentWith(rig, writers, "before", before);
    double with = residentWith(rig, writers, "idle", clients);
    return new Figures()
        .add("clients", "subscribed connections", clients, "")
        .add("residentBeforeMebibytes", "resident without them", without / (1 << 20), "MiB")
        .add("residentMebibytes", "resident with them", with / (1 << 20), "MiB")
        .add(
            "kibibytesEach",
            "resident per connection",
            (with - without) / 1024 / clients,
            "KiB",
            "<= 3");
  }

  private double residentWith(Rig rig, PacedWriters writers, String group, int count)
      throws Exception {
    Load load = rig.load();
    load.connect(group, count, CONNECTS_PER_SECOND, rig.server().websocket());
    WriteResult written =
        writers.write(StampedStatement.INSERT, CHANGES_PER_SECOND, CHANGING_SECONDS);
    load.await(group, written.from(), written.to(), ARRIVES_WITHIN).requireComplete();
    long resident = ProcessMemory.lowest(rig.server().pid(), Duration.ofSeconds(settle));
    load.report(group, written.from(), written.to()).requireComplete();
    return resident;
  }
}
