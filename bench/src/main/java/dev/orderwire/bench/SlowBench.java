package dev.orderwire.bench;

import dev.orderwire.bench.Writers.Statement;
import dev.orderwire.bench.Writers.Written;
import dev.orderwire.bench.load.Load;
import dev.orderwire.bench.load.LoadReport;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * Clients that stop to read for a while, among others that do not: what the others notice of it,
 * what the server keeps for the slow ones, and whether these get everything once they read on.
 */
@Command(
    name = "slow",
    description = "Clients that stop to read, and what the others and the server's memory notice.",
    mixinStandardHelpOptions = true)
final class SlowBench implements Callable<Integer> {
  private static final int CONNECTS_PER_SECOND = 1_000;
  private static final Duration ARRIVES_WITHIN = Duration.ofMinutes(2);

  @Option(
      names = "--clients",
      defaultValue = "1000",
      description = "all of them, default ${DEFAULT-VALUE}")
  private int clients;

  @Option(
      names = "--slow",
      defaultValue = "100",
      description = "those of them that stop to read, default ${DEFAULT-VALUE}")
  private int slow;

  @Option(
      names = "--rate",
      defaultValue = "500",
      description = "changes a second, default ${DEFAULT-VALUE}")
  private int rate;

  @Option(
      names = "--seconds",
      defaultValue = "60",
      description = "that they do not read, and before it that all do, default ${DEFAULT-VALUE}")
  private int seconds;

  @Option(
      names = "--warm-up",
      defaultValue = "60",
      description = "seconds, default ${DEFAULT-VALUE}")
  private int warmUp;

  @Option(
      names = "--writers",
      defaultValue = "4",
      description = "connections that write, default ${DEFAULT-VALUE}")
  private int writing;

  @Mixin private final Output output = new Output();

  @Override
  public Integer call() throws Exception {
    Rig.run(clients, writing, this::measure);
    return 0;
  }

  private void measure(Rig rig, Writers writers) throws Exception {
    Load load = rig.load();
    load.connect("others", clients - slow, CONNECTS_PER_SECOND, rig.server().websocket());
    load.connect("slow", slow, CONNECTS_PER_SECOND, rig.server().websocket());
    write(load, writers, warmUp);
    load.clear("others");
    Growth growthWithout = new Growth(rig.server().pid());
    write(load, writers, seconds);
    double grewWithout = growthWithout.mebibytes();
    LoadReport without = load.report("others", 0, writers.next());

    load.clear("others");
    load.pause("slow");
    Growth growth = new Growth(rig.server().pid());
    Written written = writers.write(Statement.INSERT, rate, seconds);
    LoadReport beside = load.await("others", 0, written.to(), ARRIVES_WITHIN).checked();
    long behind = load.report("slow", 0, written.to()).missing();
    load.resume("slow");
    long resumed = System.nanoTime();
    LoadReport end = load.await("slow", 0, written.to(), ARRIVES_WITHIN);
    double caughtUp = (System.nanoTime() - resumed) / 1e9;
    double grew = growth.mebibytes();
    Figures figures =
        new Figures()
            .add("others", "others", clients - slow, "clients")
            .add("slow", "that stop to read", slow, "clients")
            .add("changesPerSecond", "changes written", written.perSecond(), "a second")
            .add("p50WithoutMillis", "the others' p50 while all read", without.millis(50), "ms")
            .add("p50Millis", "while the slow ones do not", beside.millis(50), "ms")
            .add("p99WithoutMillis", "the others' p99 while all read", without.millis(99), "ms")
            .add("p99Millis", "while the slow ones do not", beside.millis(99), "ms")
            .add("p99Ratio", "ratio", beside.millis(99) / without.millis(99), "x", "<= 1.2")
            .add(
                "growthWithoutMebibytes",
                "the server's resident set grew, while all read, by",
                grewWithout,
                "MiB")
            .add("growthMebibytes", "while the slow ones do not, by", grew, "MiB", "< 50")
            .add("behind", "what the slow ones had not had", (double) behind, "deliveries")
            .add("missing", "of it still missing at the end", (double) end.missing(), "", "0")
            .add("twice", "twice", (double) end.twice(), "", "0")
            .add("ended", "slow ones that were cut off, and came back", end.ended(), "clients")
            .add("caughtUpSeconds", "until they had caught up", caughtUp, "s")
            .remark(end.reason().isEmpty() ? "" : "cut off because: " + end.reason());
    output.write(rig, figures);
    end.checked(slow);
  }

  /** By how much a process's resident memory grows, at the most, from now on. */
  private static final class Growth {
    private final long before;
    private final ProcessMemory.Peak peak;

    Growth(long pid) throws IOException {
      before = ProcessMemory.resident(pid);
      peak = ProcessMemory.watch(pid);
    }

    double mebibytes() throws InterruptedException {
      return (peak.stop() - before) / (double) (1 << 20);
    }
  }

  private void write(Load load, Writers writers, int time) throws Exception {
    int to = writers.write(Statement.INSERT, rate, time).to();
    load.await("others", 0, to, ARRIVES_WITHIN).checked();
    load.await("slow", 0, to, ARRIVES_WITHIN).checked();
  }
}
