package dev.orderwire.bench;

import dev.orderwire.bench.Writers.Statement;
import dev.orderwire.bench.Writers.Written;
import dev.orderwire.bench.load.Load;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * What a subscribed connection that is told nothing takes of the server's resident memory. The
 * server is warm before: others are connected and have had changes.
 */
@Command(
    name = "idle",
    description = "The server's resident memory for each subscribed connection.",
    mixinStandardHelpOptions = true)
final class IdleBench implements Callable<Integer> {
  private static final int CONNECTS_PER_SECOND = 2_000;
  private static final int CHANGES_PER_SECOND = 5;
  private static final int CHANGING_SECONDS = 2;
  private static final Duration ARRIVES_WITHIN = Duration.ofSeconds(60);

  @Option(names = "--clients", defaultValue = "15000", description = "default ${DEFAULT-VALUE}")
  private int clients;

  @Option(
      names = "--before",
      defaultValue = "1000",
      description = "clients that are connected before, default ${DEFAULT-VALUE}")
  private int before;

  @Option(
      names = "--settle",
      defaultValue = "60",
      description = "seconds of quiet in which memory is looked at, default ${DEFAULT-VALUE}")
  private int settle;

  @Mixin private final Output output = new Output();

  @Override
  public Integer call() throws Exception {
    Rig.run(before + clients, 1, (rig, writers) -> output.write(rig, measure(rig, writers)));
    return 0;
  }

  private Figures measure(Rig rig, Writers writers) throws Exception {
    double without = residentWith(rig, writers, "before", before);
    double with = residentWith(rig, writers, "idle", clients);
    return new Figures()
        .add("clients", "subscribed connections", clients, "")
        .add("residentBeforeMebibytes", "resident before", without / (1 << 20), "MiB")
        .add("residentMebibytes", "resident with them", with / (1 << 20), "MiB")
        .add("kibibytesEach", "for each", (with - without) / 1024 / clients, "KiB", "<= 3");
  }

  private double residentWith(Rig rig, Writers writers, String group, int count) throws Exception {
    Load load = rig.load();
    load.connect(group, count, CONNECTS_PER_SECOND, rig.server().websocket());
    Written written = writers.write(Statement.INSERT, CHANGES_PER_SECOND, CHANGING_SECONDS);
    load.await(group, written.from(), written.to(), ARRIVES_WITHIN).checked();
    long resident = ProcessMemory.quiet(rig.server().pid(), Duration.ofSeconds(settle));
    load.report(group, written.from(), written.to()).checked();
    return resident;
  }
}
