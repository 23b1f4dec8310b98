package dev.orderwire.bench;

import dev.orderwire.bench.load.Load;
import dev.orderwire.bench.load.LoadReport;
import dev.orderwire.bench.report.Figures;
import dev.orderwire.bench.report.Output;
import dev.orderwire.bench.rig.PacedWriters;
import dev.orderwire.bench.rig.PacedWriters.StampedStatement;
import dev.orderwire.bench.rig.PacedWriters.WriteResult;
import dev.orderwire.bench.rig.ProcessCpu;
import dev.orderwire.bench.rig.Rig;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * Many changes a second to many clients, each change in a transaction of its own: how many are
 * delivered a second, how late, and whether all are.
 */
@Command(
    name = "burst",
    description = {
      "Measures many changes a second to many clients.",
      "Prints throughput and delay."
    },
    mixinStandardHelpOptions = true)
final class BurstBench implements Callable<Integer> {
  private static final int CONNECTS_PER_SECOND = 1_000;
  private static final Duration ARRIVES_WITHIN = Duration.ofMinutes(3);

  @Option(
      names = "--clients",
      defaultValue = "1000",
      description = "clients, default ${DEFAULT-VALUE}")
  private int clients;

  @Option(
      names = "--rate",
      defaultValue = "1000",
      description = "changes a second, default ${DEFAULT-VALUE}")
  private int rate;

  @Option(
      names = "--seconds",
      defaultValue = "30",
      description = "seconds, default ${DEFAULT-VALUE}")
  private int seconds;

  @Option(
      names = "--warm-up",
      defaultValue = "60",
      description = "seconds before the measurement, default ${DEFAULT-VALUE}")
  private int warmUp;

  @Option(
      names = "--writers",
      defaultValue = "8",
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
    load.connect("all", clients, CONNECTS_PER_SECOND, rig.server().websocket());
    WriteResult before = writers.write(StampedStatement.INSERT, rate, warmUp);
    load.await("all", before.from(), before.to(), ARRIVES_WITHIN).requireComplete();
    load.clear("all");
    ProcessCpu server = ProcessCpu.start(rig.server().pid());
    ProcessCpu mysql = ProcessCpu.start(rig.mysql().pid());
    long began = System.nanoTime();
    WriteResult written = writers.write(StampedStatement.INSERT, rate, seconds);
    LoadReport report = load.await("all", written.from(), written.to(), ARRIVES_WITHIN);
    double elapsed = (System.nanoTime() - began) / 1e9;
    double serverCores = server.seconds() / elapsed;
    double mysqlCores = mysql.seconds() / elapsed;
    Figures figures =
        new Figures()
            .add("clients", "clients", clients, "")
            .add(
                "changesPerSecond",
                "changes written and committed",
                written.perSecond(),
                "a second")
            .add(
                "deliveredPerSecond",
                "changes delivered",
                report.changes() / elapsed,
                "a second",
                ">= 500,000")
            .add("missing", "changes missing at the end", (double) report.missing(), "", "0")
            .add("changesPerMessage", "changes per message", report.changesPerMessage(), "")
            .add(
                "bytesPerSecond",
                "bytes to the clients",
                report.bytes() / elapsed / 1e6,
                "MB a second")
            .add("p50Millis", "delay from before the INSERT, p50", report.millis(50), "ms")
            .add("p99Millis", "delay, p99", report.millis(99), "ms", "< 250")
            .add("longestMillis", "delay, longest", report.longestMillis(), "ms")
            .add("insertP50Millis", "INSERT alone, p50", written.statementMillis(50), "ms")
            .add("insertP99Millis", "INSERT alone, p99", written.statementMillis(99), "ms")
            .add("serverCores", "server's CPU", serverCores, "cores")
            .add("mysqlCores", "MySQL's CPU", mysqlCores, "cores")
            .remark("MySQL's durability: " + durability(rig));
    output.write(rig, figures);
    report.requireComplete();
  }

  private static String durability(Rig rig) throws SQLException {
    try (Connection connection = rig.connect();
        Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery(
                "SELECT @@innodb_flush_log_at_trx_commit, @@log_bin, @@sync_binlog")) {
      row.next();
      return "innodb_flush_log_at_trx_commit=%d, log_bin=%d, sync_binlog=%d"
          .formatted(row.getInt(1), row.getInt(2), row.getInt(3));
    }
  }
}
