package dev.orderwire.bench;

import dev.orderwire.bench.Writers.Statement;
import dev.orderwire.bench.Writers.Written;
import dev.orderwire.bench.load.Load;
import dev.orderwire.bench.load.LoadReport;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * Many changes a second to many clients, each change a statement and a commit of its own: how many
 * arrive a second, how late, and whether all do.
 */
@Command(
    name = "burst",
    description = "Many changes a second to many clients.",
    mixinStandardHelpOptions = true)
final class BurstBench implements Callable<Integer> {
  private static final int CONNECTS_PER_SECOND = 1_000;
  private static final Duration ARRIVES_WITHIN = Duration.ofMinutes(3);

  @Option(names = "--clients", defaultValue = "1000", description = "default ${DEFAULT-VALUE}")
  private int clients;

  @Option(
      names = "--rate",
      defaultValue = "1000",
      description = "changes a second, default ${DEFAULT-VALUE}")
  private int rate;

  @Option(names = "--seconds", defaultValue = "30", description = "default ${DEFAULT-VALUE}")
  private int seconds;

  @Option(
      names = "--warm-up",
      defaultValue = "60",
      description = "seconds, default ${DEFAULT-VALUE}")
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

  private void measure(Rig rig, Writers writers) throws Exception {
    Load load = rig.load();
    load.connect("all", clients, CONNECTS_PER_SECOND, rig.server().websocket());
    Written before = writers.write(Statement.INSERT, rate, warmUp);
    load.await("all", before.from(), before.to(), ARRIVES_WITHIN).checked();
    load.clear("all");
    ProcessCpu server = ProcessCpu.from(rig.server().pid());
    ProcessCpu mysql = ProcessCpu.from(rig.mysql().pid());
    long began = System.nanoTime();
    Written written = writers.write(Statement.INSERT, rate, seconds);
    LoadReport report = load.await("all", written.from(), written.to(), ARRIVES_WITHIN);
    double elapsed = (System.nanoTime() - began) / 1e9;
    double serverCores = server.seconds() / elapsed;
    double mysqlCores = mysql.seconds() / elapsed;
    Figures figures =
        new Figures()
            .add("clients", "clients", clients, "")
            .add(
                "changesPerSecond",
                "statements and commits written",
                written.perSecond(),
                "a second")
            .add(
                "deliveredPerSecond",
                "changes delivered, until the last",
                report.changes() / elapsed,
                "a second",
                ">= 500,000")
            .add("missing", "missing at the end", (double) report.missing(), "", "0")
            .add("changesPerMessage", "changes in a message", report.changesPerMessage(), "")
            .add("bytesPerSecond", "to the clients", report.bytes() / elapsed / 1e6, "MB a second")
            .add("p50Millis", "from before the INSERT to arrival, p50", report.millis(50), "ms")
            .add("p99Millis", "p99", report.millis(99), "ms", "< 250")
            .add("longestMillis", "longest", report.longestMillis(), "ms")
            .add("insertP50Millis", "the INSERT alone, p50", written.answerMillis(50), "ms")
            .add("insertP99Millis", "p99", written.answerMillis(99), "ms")
            .add("serverCores", "server", serverCores, "cores")
            .add("mysqlCores", "MySQL", mysqlCores, "cores")
            .remark("MySQL's durability: " + durability(rig));
    output.write(rig, figures);
    report.checked();
  }

  private static String durability(Rig rig) throws SQLException {
    try (Connection connection = rig.connect();
        java.sql.Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery(
                "SELECT @@innodb_flush_log_at_trx_commit, @@log_bin, @@sync_binlog")) {
      row.next();
      return "innodb_flush_log_at_trx_commit=%d, log_bin=%d, sync_binlog=%d"
          .formatted(row.getInt(1), row.getInt(2), row.getInt(3));
    }
  }
}
