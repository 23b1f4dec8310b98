package dev.orderwire.bench;

import dev.orderwire.bench.Writers.Statement;
import dev.orderwire.bench.load.Load;
import dev.orderwire.bench.load.LoadReport;
import java.net.URI;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * Everyone comes back at once and wants a snapshot, while changes go on: how long until all are
 * served, what MySQL is asked for it, and whether the server's memory comes back.
 */
@Command(
    name = "herd",
    description = "Everyone reconnects within a second and wants a snapshot.",
    mixinStandardHelpOptions = true)
final class HerdBench implements Callable<Integer> {
  private static final int CONNECTS_BEFORE_PER_SECOND = 500;
  private static final int ROWS_PER_SECOND = 1_000;
  private static final Duration ARRIVES_WITHIN = Duration.ofMinutes(2);

  @Option(names = "--clients", defaultValue = "10000", description = "default ${DEFAULT-VALUE}")
  private int clients;

  @Option(
      names = "--rows",
      defaultValue = "1000",
      description = "of the snapshot, default ${DEFAULT-VALUE}")
  private int rows;

  @Option(
      names = "--rate",
      defaultValue = "10",
      description = "changes a second meanwhile, default ${DEFAULT-VALUE}")
  private int rate;

  @Option(
      names = "--seconds",
      defaultValue = "15",
      description = "that these changes go on, default ${DEFAULT-VALUE}")
  private int seconds;

  @Option(
      names = "--settle",
      defaultValue = "20",
      description = "seconds of quiet in which memory is looked at, default ${DEFAULT-VALUE}")
  private int settle;

  @Mixin private final Output output = new Output();

  /** The server's resident memory before the herd, at the most, and afterwards, in bytes. */
  record Resident(long before, long most, long after) {
    private static final double MEBIBYTE = 1 << 20;

    /** What is kept is less than nothing where the collector gave back what lay there before. */
    Figures addTo(Figures figures) {
      double kept = (after - before) / MEBIBYTE;
      return figures
          .add("residentBeforeMebibytes", "resident before", before / MEBIBYTE, "MiB")
          .add("residentMostMebibytes", "resident, the most", most / MEBIBYTE, "MiB")
          .add("residentAfterMebibytes", "resident afterwards", after / MEBIBYTE, "MiB")
          .add(
              "residentKeptMebibytes", "resident kept afterwards", kept, "MiB", "<= 10% of before");
    }
  }

  @Override
  public Integer call() throws Exception {
    Rig.run(clients, 1, this::measure);
    return 0;
  }

  private void measure(Rig rig, Writers writers) throws Exception {
    Load load = rig.load();
    writers.write(Statement.INSERT, ROWS_PER_SECOND, (double) rows / ROWS_PER_SECOND);
    URI snapshot = URI.create(rig.server().websocket() + "?snapshot=true");
    load.connect("herd", clients, CONNECTS_BEFORE_PER_SECOND, snapshot);
    long before = ProcessMemory.quiet(rig.server().pid(), Duration.ofSeconds(settle));
    load.report("herd", 0, rows).checked();
    load.clear("herd");
    long queriesBefore = queries(rig);
    if (queriesBefore == 0) {
      throw new IllegalStateException("snapshots were served, and no query for one was counted");
    }
    ProcessMemory.Watch watch = ProcessMemory.watch(rig.server().pid());

    FutureTask<Writers.Written> writing =
        new FutureTask<>(() -> writers.write(Statement.INSERT, rate, seconds));
    Thread.ofPlatform().start(writing);
    Duration served = load.reconnect("herd", clients);
    int to = writing.get().to();
    LoadReport report = load.await("herd", 0, to, ARRIVES_WITHIN);
    long queries = queries(rig) - queriesBefore;
    long most = watch.stop().most();
    long after = ProcessMemory.quiet(rig.server().pid(), Duration.ofSeconds(settle));
    Figures figures =
        new Figures()
            .add("clients", "clients", clients, "")
            .add("rows", "rows of the snapshot, at first", rows, "")
            .add("servedSeconds", "until all are served", served.toMillis() / 1e3, "s", "<= 10")
            .add("queries", "queries for snapshots of the one view", (double) queries, "", "<= 3")
            .add("megabytes", "to the clients", report.bytes() / 1e6, "MB")
            .add(
                "missing",
                "rows and changes missing at the end",
                (double) report.missing(),
                "",
                "0")
            .add("p99Millis", "changes meanwhile, p99", report.millis(99), "ms");
    output.write(rig, new Resident(before, most, after).addTo(figures));
    report.checked();
  }

  private static long queries(Rig rig) throws SQLException {
    try (Connection connection = rig.connect()) {
      return MysqlStatus.listQueries(connection, BenchFolder.DATABASE);
    }
  }
}
