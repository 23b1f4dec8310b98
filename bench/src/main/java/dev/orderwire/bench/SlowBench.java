package dev.orderwire.bench;

import dev.orderwire.bench.load.Load;
import dev.orderwire.bench.load.LoadReport;
import dev.orderwire.bench.report.Figures;
import dev.orderwire.bench.report.Output;
import dev.orderwire.bench.rig.PacedWriters;
import dev.orderwire.bench.rig.PacedWriters.StampedStatement;
import dev.orderwire.bench.rig.PacedWriters.WriteResult;
import dev.orderwire.bench.rig.ProcessMemory;
import dev.orderwire.bench.rig.Rig;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.HdrHistogram.Histogram;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * Some clients stop reading for a while, and the others read on: how the others' delay and the
 * server's memory change, and whether the slow clients receive everything once they read again.
 */
@Command(
    name = "slow",
    description = {
      "Measures how clients that stop reading affect the others.",
      "Also measures the server's memory."
    },
    mixinStandardHelpOptions = true)
final class SlowBench implements Callable<Integer> {
  private static final int CONNECTS_PER_SECOND = 1_000;
  private static final Duration ARRIVES_WITHIN = Duration.ofMinutes(2);

  @Option(
      names = "--clients",
      defaultValue = "1000",
      description = "clients, including the slow ones, default ${DEFAULT-VALUE}")
  private int clients;

  @Option(
      names = "--slow",
      defaultValue = "100",
      description = "slow clients, which stop reading, default ${DEFAULT-VALUE}")
  private int slow;

  @Option(
      names = "--rate",
      defaultValue = "500",
      description = "changes a second, default ${DEFAULT-VALUE}")
  private int rate;

  @Option(
      names = "--seconds",
      defaultValue = "60",
      description =
          "seconds of each phase: all read, the slow clients pause, all read again,"
              + " default ${DEFAULT-VALUE}")
  private int seconds;

  @Option(
      names = "--warm-up",
      defaultValue = "60",
      description =
          "seconds before the measurement; for a quarter of them the slow clients do not read, default ${DEFAULT-VALUE}")
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

  private void measure(Rig rig, PacedWriters writers) throws Exception {
    Load load = rig.load();
    load.connect("others", clients - slow, CONNECTS_PER_SECOND, rig.server().websocket());
    load.connect("slow", slow, CONNECTS_PER_SECOND, rig.server().websocket());
    write(load, writers, warmUp / 2);
    load.pause("slow");
    write(load, writers, warmUp / 4);
    load.resume("slow");
    write(load, writers, warmUp / 4);
    load.await("slow", 0, writers.next(), ARRIVES_WITHIN).requireComplete();
    Growth allRead = new Growth(rig.server().pid());
    Phase before = write(load, writers, seconds);
    double growthBefore = allRead.mebibytes();

    load.pause("slow");
    Growth slowPaused = new Growth(rig.server().pid());
    Phase paused = write(load, writers, seconds);
    long behind = load.report("slow", 0, writers.next()).missing();
    load.resume("slow");
    long resumed = System.nanoTime();
    load.await("slow", 0, writers.next(), ARRIVES_WITHIN);
    double caughtUp = (System.nanoTime() - resumed) / 1e9;
    double growthPaused = slowPaused.mebibytes();

    Phase without = before.plus(write(load, writers, seconds));
    LoadReport end = load.await("slow", 0, writers.next(), ARRIVES_WITHIN);
    Figures figures =
        new Figures()
            .add("others", "clients that always read", clients - slow, "")
            .add("slow", "slow clients", slow, "")
            .add("changesPerSecond", "changes written", paused.perSecond(), "a second")
            .add("p50WithoutMillis", "others' delay while all read, p50", without.delay(50), "ms")
            .add("p50Millis", "others' delay while slow clients pause, p50", paused.delay(50), "ms")
            .add("p99BeforeMillis", "others' delay before the pause, p99", before.delay(99), "ms")
            .add("p99WithoutMillis", "others' delay while all read, p99", without.delay(99), "ms")
            .add("p99Millis", "others' delay while slow clients pause, p99", paused.delay(99), "ms")
            .add(
                "p99Ratio",
                "p99 while slow clients pause, to while all read",
                paused.delay(99) / without.delay(99),
                "x",
                "<= 1.2")
            .add(
                "insertP99WithoutMillis",
                "INSERT alone while all read, p99",
                without.statement(99),
                "ms")
            .add(
                "insertP99Millis",
                "INSERT alone while slow clients pause, p99",
                paused.statement(99),
                "ms")
            .add(
                "growthWithoutMebibytes",
                "server's resident growth while all read",
                growthBefore,
                "MiB")
            .add(
                "growthMebibytes",
                "server's resident growth while slow clients pause",
                growthPaused,
                "MiB",
                "< 50")
            .add("behind", "backlog of the slow clients", (double) behind, "deliveries")
            .add("missing", "deliveries missing at the end", (double) end.missing(), "", "0")
            .add("twice", "duplicate deliveries", (double) end.duplicates(), "", "0")
            .add("ended", "disconnects of slow clients", end.disconnects(), "")
            .add("caughtUpSeconds", "time until they had caught up", caughtUp, "s")
            .remark(end.reason().isEmpty() ? "" : "first disconnect: " + end.reason());
    output.write(rig, figures);
    end.requireComplete(slow);
  }

  /** The largest growth of a process's resident memory since this was created. */
  private static final class Growth {
    private final long before;
    private final ProcessMemory.Sampler sampler;

    Growth(long pid) throws IOException {
      before = ProcessMemory.resident(pid);
      sampler = ProcessMemory.sample(pid);
    }

    double mebibytes() throws InterruptedException {
      return (sampler.stop().highest() - before) / (double) (1 << 20);
    }
  }

  /** Writes for so many seconds, and returns when the others have received everything. */
  private Phase write(Load load, PacedWriters writers, int time) throws Exception {
    load.clear("others");
    WriteResult written = writers.write(StampedStatement.INSERT, rate, time);
    LoadReport report = load.await("others", 0, written.to(), ARRIVES_WITHIN).requireComplete();
    return new Phase(written.perSecond(), report.delays(), written.statementTimes());
  }

  /** The changes written a second, the others' delays, and the times of the statements. */
  private record Phase(double perSecond, Histogram delays, Histogram statementTimes) {
    Phase plus(Phase other) {
      Histogram allDelays = delays.copy();
      allDelays.add(other.delays);
      Histogram allTimes = statementTimes.copy();
      allTimes.add(other.statementTimes);
      return new Phase((perSecond + other.perSecond) / 2, allDelays, allTimes);
    }

    double delay(double percentile) {
      return delays.getValueAtPercentile(percentile) / 1e6;
    }

    double statement(double percentile) {
      return statementTimes.getValueAtPercentile(percentile) / 1e6;
    }
  }
}
