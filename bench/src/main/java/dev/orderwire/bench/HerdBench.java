package dev.orderwire.bench;

import dev.orderwire.bench.load.Load;
import dev.orderwire.bench.load.LoadReport;
import dev.orderwire.bench.report.Figures;
import dev.orderwire.bench.report.Output;
import dev.orderwire.bench.rig.MysqlStatus;
import dev.orderwire.bench.rig.PacedWriters;
import dev.orderwire.bench.rig.PacedWriters.StampedStatement;
import dev.orderwire.bench.rig.ProcessMemory;
import dev.orderwire.bench.rig.Rig;
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
 * All clients reconnect at once, each for a snapshot, while changes go on: the time until all are
 * served, the queries that MySQL gets for it, and the memory that the server keeps afterwards.
 */
@Command(
    name = "herd",
    description = "Reconnects all clients within a second, each for a snapshot.",
    mixinStandardHelpOptions = true)
public final class HerdBench implements Callable<Integer> {
  private static final int CONNECTS_BEFORE_PER_SECOND = 500;
  private static final int ROWS_PER_SECOND = 1_000;
  private static final Duration ARRIVES_WITHIN = Duration.ofMinutes(2);

  @Option(
      names = "--clients",
      defaultValue = "10000",
      description = "clients, default ${DEFAULT-VALUE}")
  private int clients;

  @Option(
      names = "--rows",
      defaultValue = "1000",
      description = "rows of the snapshot, default ${DEFAULT-VALUE}")
  private int rows;

  @Option(
      names = "--rate",
      defaultValue = "10",
      description = "changes a second during the reconnects, default ${DEFAULT-VALUE}")
  private int rate;

  @Option(
      names = "--seconds",
      defaultValue = "15",
      description = "seconds of these changes, default ${DEFAULT-VALUE}")
  private int seconds;

  @Option(
      names = "--settle",
      defaultValue = "20",
      description = "seconds without load in which memory is sampled, default ${DEFAULT-VALUE}")
  private int settle;

  @Mixin private final Output output = new Output();

  /** The server's resident memory before the herd, at its peak, and afterwards, in bytes. */
  record Resident(long before, long peak, long after) {
    private static final double MEBIBYTE = 1 << 20;

    /** The memory kept is negative if the collector returned some that was in use before. */
    Figures addTo(Figures figures) {
      double kept = (after - before) / MEBIBYTE;
      return figures
          .add("residentBeforeMebibytes", "resident before", before / MEBIBYTE, "MiB")
          .add("residentMostMebibytes", "resident at the peak", peak / MEBIBYTE, "MiB")
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

  private void measure(Rig rig, PacedWriters writers) throws Exception {
    Load load = rig.load();
    writers.write(StampedStatement.INSERT, ROWS_PER_SECOND, (double) rows / ROWS_PER_SECOND);
    URI snapshot = URI.create(rig.server().websocket() + "?snapshot=true");
    load.connect("herd", clients, CONNECTS_BEFORE_PER_SECOND, snapshot);
    long before = ProcessMemory.lowest(rig.server().pid(), Duration.ofSeconds(settle));
    load.report("herd", 0, rows).requireComplete();
    load.clear("herd");
    long queriesBefore = queries(rig);
    if (queriesBefore == 0) {
      throw new IllegalStateException("snapshots were served, but no query for one was counted");
    }
    ProcessMemory.Sampler memory = ProcessMemory.sample(rig.server().pid());

    FutureTask<PacedWriters.WriteResult> writing =
        new FutureTask<>(() -> writers.write(StampedStatement.INSERT, rate, seconds));
    Thread.ofPlatform().start(writing);
    Duration served = load.reconnect("herd", clients);
    int to = writing.get().to();
    LoadReport report = load.await("herd", 0, to, ARRIVES_WITHIN);
    long queries = queries(rig) - queriesBefore;
    long peak = memory.stop().highest();
    long after = ProcessMemory.lowest(rig.server().pid(), Duration.ofSeconds(settle));
    Figures figures =
        new Figures()
            .add("clients", "clients", clients, "")
            .add("rows", "rows of the snapshot at the start", rows, "")
            .add(
                "servedSeconds", "time until all are served", served.toMillis() / 1e3, "s", "<= 10")
            .add("queries", "snapshot queries, all for one view", (double) queries, "", "<= 3")
            .add("megabytes", "bytes to the clients", report.bytes() / 1e6, "MB")
            .add(
                "missing",
                "rows and changes missing at the end",
                (double) report.missing(),
                "",
                "0")
            .add("p99Millis", "delay of changes meanwhile, p99", report.millis(99), "ms");
    output.write(rig, new Resident(before, peak, after).addTo(figures));
    report.requireComplete();
  }

  private static long queries(Rig rig) throws SQLException {
    try (Connection connection = rig.connect()) {
      return MysqlStatus.listQueries(connection, Rig.DATABASE);
    }
  }
}
