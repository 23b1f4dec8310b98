package dev.orderwire.bench;

import dev.orderwire.bench.Writers.Statement;
import dev.orderwire.bench.Writers.Written;
import dev.orderwire.bench.load.Load;
import dev.orderwire.bench.load.LoadReport;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.HdrHistogram.Histogram;
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
      description =
          "that they do not read, and before and after it that all do, default ${DEFAULT-VALUE}")
  private int seconds;

  @Option(
      names = "--warm-up",
      defaultValue = "60",
      description = "seconds, a quarter of which they do not read, default ${DEFAULT-VALUE}")
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
    write(load, writers, warmUp / 2);
    load.pause("slow");
    write(load, writers, warmUp / 4);
    load.resume("slow");
    write(load, writers, warmUp / 4);
    load.await("slow", 0, writers.next(), ARRIVES_WITHIN).checked();
    Growth growthWithout = new Growth(rig.server().pid());
    Minute before = write(load, writers, seconds);
    double grewWithout = growthWithout.mebibytes();

    load.pause("slow");
    Growth growth = new Growth(rig.server().pid());
    Minute beside = write(load, writers, seconds);
    long behind = load.report("slow", 0, writers.next()).missing();
    load.resume("slow");
    long resumed = System.nanoTime();
    load.await("slow", 0, writers.next(), ARRIVES_WITHIN);
    double caughtUp = (System.nanoTime() - resumed) / 1e9;
    double grew = growth.mebibytes();

    Minute without = before.plus(write(load, writers, seconds));
    LoadReport end = load.await("slow", 0, writers.next(), ARRIVES_WITHIN);
    Figures figures =
        new Figures()
            .add("others", "others", clients - slow, "clients")
            .add("slow", "that stop to read", slow, "clients")
            .add("changesPerSecond", "changes written", beside.perSecond(), "a second")
            .add("p50WithoutMillis", "the others' p50 while all read", without.delay(50), "ms")
            .add("p50Millis", "while the slow ones do not", beside.delay(50), "ms")
            .add("p99BeforeMillis", "the others' p99 in the minute before", before.delay(99), "ms")
            .add("p99WithoutMillis", "in that and the one after", without.delay(99), "ms")
            .add("p99Millis", "while the slow ones do not", beside.delay(99), "ms")
            .add("p99Ratio", "ratio", beside.delay(99) / without.delay(99), "x", "<= 1.2")
            .add(
                "insertP99WithoutMillis",
                "INSERT alone, p99 while all read",
                without.answer(99),
                "ms")
            .add("insertP99Millis", "while the slow ones do not", beside.answer(99), "ms")
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
    private final ProcessMemory.Watch watch;

    Growth(long pid) throws IOException {
      before = ProcessMemory.resident(pid);
      watch = ProcessMemory.watch(pid);
    }

    double mebibytes() throws InterruptedException {
      return (watch.stop().most() - before) / (double) (1 << 20);
    }
  }

  /** Writes for so many seconds, until the others have everything. */
  private Minute write(Load load, Writers writers, int time) throws Exception {
    load.clear("others");
    Written written = writers.write(Statement.INSERT, rate, time);
    LoadReport report = load.await("others", 0, written.to(), ARRIVES_WITHIN).checked();
    return new Minute(written.perSecond(), report.delays(), written.answers());
  }

  /** Changes written a second; how long they took to the others, and to be written. */
  private record Minute(double perSecond, Histogram delays, Histogram answers) {
    Minute plus(Minute other) {
      Histogram allDelays = delays.copy();
      allDelays.add(other.delays);
      Histogram allAnswers = answers.copy();
      allAnswers.add(other.answers);
      return new Minute((perSecond + other.perSecond) / 2, allDelays, allAnswers);
    }

    double delay(double percentile) {
      return delays.getValueAtPercentile(percentile) / 1e6;
    }

    double answer(double percentile) {
      return answers.getValueAtPercentile(percentile) / 1e6;
    }
  }
}
