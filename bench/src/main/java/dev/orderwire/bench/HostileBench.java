package dev.orderwire.bench;

import dev.orderwire.bench.hostile.Attack;
import dev.orderwire.bench.hostile.HostileLoad;
import dev.orderwire.bench.hostile.Tally;
import dev.orderwire.bench.load.Load;
import dev.orderwire.bench.load.LoadReport;
import dev.orderwire.bench.report.Figures;
import dev.orderwire.bench.report.Output;
import dev.orderwire.bench.rig.PacedWriters;
import dev.orderwire.bench.rig.PacedWriters.StampedStatement;
import dev.orderwire.bench.rig.ProcessCpu;
import dev.orderwire.bench.rig.ProcessMemory;
import dev.orderwire.bench.rig.Rig;
import dev.orderwire.bench.rig.Tokens;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.Callable;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * Hosts run every {@link Attack} beside honest clients: how the honest clients' delay and the
 * server's memory differ from those without the hosts, in alternating windows of the same run.
 */
@Command(
    name = "hostile",
    description = {
      "Measures how hostile clients of all kinds affect others.",
      "Also measures the server's memory, and counts what it answered to each kind."
    },
    mixinStandardHelpOptions = true)
final class HostileBench implements Callable<Integer> {
  private static final int CONNECTS_PER_SECOND = 500;
  private static final Duration ARRIVES_WITHIN = Duration.ofMinutes(2);
  private static final int ROWS_PER_SECOND = 2_000;
  private static final String HONEST = "honest";
  private static final String ROLE = "screen";

  private static final String POLICIES =
      """
      {"orders": {"screen": {"rows": "all",
       "columns": ["id", "customer_name", "product_name", "status"]}}}\
      """;

  @Option(
      names = "--clients",
      defaultValue = "1000",
      description = "honest clients, default ${DEFAULT-VALUE}")
  private int clients;

  @Option(
      names = "--hosts",
      defaultValue = "50",
      description = "hosts that each run all attacks, default ${DEFAULT-VALUE}")
  private int hosts;

  @Option(
      names = "--attempts",
      defaultValue = "1",
      description = "attempts a second of each host, default ${DEFAULT-VALUE}")
  private int attempts;

  @Option(
      names = "--kinds",
      split = ",",
      paramLabel = "KIND",
      description = "attacks such as FRAME_FLOOD, default all")
  private Set<Attack> kinds = EnumSet.allOf(Attack.class);

  @Option(
      names = "--rows",
      defaultValue = "10000",
      description = "rows of a snapshot, default ${DEFAULT-VALUE}")
  private int rows;

  @Option(
      names = "--rate",
      defaultValue = "10",
      description = "changes a second, default ${DEFAULT-VALUE}")
  private int rate;

  @Option(
      names = "--seconds",
      defaultValue = "20",
      description = "seconds per window, default ${DEFAULT-VALUE}")
  private int seconds;

  @Option(
      names = "--turns",
      defaultValue = "3",
      description = "windows of each sort, default ${DEFAULT-VALUE}")
  private int turns;

  @Option(
      names = "--warm-up",
      defaultValue = "60",
      description = "seconds before the first window, default ${DEFAULT-VALUE}")
  private int warmUp;

  @Option(
      names = "--settle",
      defaultValue = "20",
      description = "seconds before memory is sampled, default ${DEFAULT-VALUE}")
  private int settle;

  @Mixin private final Output output = new Output();

  private final Tokens tokens = new Tokens();
  private final Tally tally = new Tally();

  /** The windows with hostile clients, or those without. */
  private static final class Windows {
    private @Nullable Histogram delays;
    private long mostResident;
    private double cpuSeconds;
    private double seconds;

    void add(LoadReport report, long resident, double cpu, double time) {
      Histogram more = report.delays();
      if (delays == null) {
        delays = more.copy();
      } else {
        delays.add(more);
      }
      mostResident = Math.max(mostResident, resident);
      cpuSeconds += cpu;
      seconds += time;
    }

    double millis(double percentile) {
      return delays == null ? 0 : delays.getValueAtPercentile(percentile) / 1e6;
    }

    double mebibytes() {
      return mostResident / (double) (1 << 20);
    }

    double busyCores() {
      return cpuSeconds / seconds;
    }
  }

  @Override
  public Integer call() throws Exception {
    // The server holds the sockets of both.
    Rig.runWithoutServer(clients + 2 * hosts * kinds.size(), 1, this::measure);
    return 0;
  }

  private void measure(Rig rig, PacedWriters writers) throws Exception {
    rig.serve(tokens.settings(POLICIES));
    writers.write(StampedStatement.INSERT, ROWS_PER_SECOND, (double) rows / ROWS_PER_SECOND);
    int from = writers.next();
    Path honest = tokens.write(rig.folder().resolve("honest-tokens"), ROLE, 1, clients);
    Path hostile = tokens.write(rig.folder().resolve("hostile-tokens"), ROLE, clients + 1, hosts);
    Load load = rig.load();
    load.connectWithTokens(
        HONEST, clients, CONNECTS_PER_SECOND, rig.server().websocket(), honest, false);
    HostileLoad attackers = rig.start("hostile", HostileLoad::start);

    Windows discarded = new Windows();
    window(rig, writers, warmUp / 2, discarded);
    attackers.attack(rig.server().websocket(), hosts, attempts, kinds, hostile);
    window(rig, writers, warmUp / 2, discarded);
    attackers.stop();

    Windows without = new Windows();
    Windows with = new Windows();
    for (int turn = 0; turn < turns; turn++) {
      Thread.sleep(Duration.ofSeconds(settle));
      window(rig, writers, seconds, without);
      attackers.attack(rig.server().websocket(), hosts, attempts, kinds, hostile);
      window(rig, writers, seconds, with);
      tally.add(attackers.stop());
    }
    long after = ProcessMemory.lowest(rig.server().pid(), Duration.ofSeconds(Math.max(1, settle)));
    LoadReport end = load.await(HONEST, from, writers.next(), ARRIVES_WITHIN);
    output.write(rig, figures(without, with, after, end));
    end.requireComplete();
    for (Attack attack : kinds) {
      if (tally.attempts(attack) == 0) {
        throw new IllegalStateException("expected attempts of every kind, found none: " + attack);
      }
    }
  }

  /** Writes for so many seconds, and returns when the honest clients have received everything. */
  private void window(Rig rig, PacedWriters writers, int time, Windows windows) throws Exception {
    rig.load().clear(HONEST);
    ProcessMemory.Sampler memory = ProcessMemory.sample(rig.server().pid());
    ProcessCpu cpu = ProcessCpu.start(rig.server().pid());
    PacedWriters.WriteResult written = writers.write(StampedStatement.INSERT, rate, time);
    LoadReport report =
        rig.load().await(HONEST, written.from(), written.to(), ARRIVES_WITHIN).requireComplete();
    windows.add(report, memory.stop().highest(), cpu.seconds(), written.seconds());
  }

  private Figures figures(Windows without, Windows with, long after, LoadReport end) {
    Figures figures =
        new Figures()
            .add("honest", "honest clients", clients, "")
            .add("hosts", "hostile hosts, each with clients of all kinds", hosts, "")
            .add("kinds", "kinds of hostile clients", kinds.size(), "")
            .add("p50WithoutMillis", "delay without hostile clients, p50", without.millis(50), "ms")
            .add("p50Millis", "delay with hostile clients, p50", with.millis(50), "ms")
            .add("p99WithoutMillis", "delay without hostile clients, p99", without.millis(99), "ms")
            .add("p99Millis", "delay with hostile clients, p99", with.millis(99), "ms")
            .add(
                "p99Ratio",
                "p99 with hostile clients, to without",
                with.millis(99) / without.millis(99),
                "x",
                "<= 1.5")
            .add("coresWithout", "server, busy cores without", without.busyCores(), "")
            .add("cores", "server, busy cores with", with.busyCores(), "")
            .add(
                "residentWithoutMebibytes",
                "server's resident memory without, at most",
                without.mebibytes(),
                "MiB")
            .add("residentMebibytes", "with, at most", with.mebibytes(), "MiB")
            .add("residentAfterMebibytes", "afterwards", after / (double) (1 << 20), "MiB")
            .add("attempts", "attempts", (double) tally.attempts(), "")
            .add("refused", "attempts that the server refused", (double) tally.refused(), "")
            .add("missing", "changes missing at honest clients", (double) end.missing(), "", "0")
            .add("disconnects", "disconnects of honest clients", end.disconnects(), "", "0");
    for (Attack attack : kinds) {
      figures.remark(attack.text() + ": " + tally.answers(attack));
    }
    return figures;
  }
}
