package dev.orderwire.bench;

import dev.orderwire.bench.report.Figures;
import dev.orderwire.bench.report.Output;
import dev.orderwire.bench.rig.ProcessCpu;
import dev.orderwire.bench.rig.Rig;
import dev.orderwire.bench.rig.UnpacedWriters;
import dev.orderwire.demo.EmbeddedMysql;
import dev.orderwire.demo.SampleOrders;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * What the triggers cost the application: writers on a table without triggers, with minimal ones
 * and with Orderwire's. The three take short turns, so that other load on the machine affects all
 * of them. Each turn has a fresh database and an empty binlog.
 */
@Command(
    name = "triggers",
    description = {
      "Compares writers' throughput with and without triggers.",
      "Minimal triggers are the third case."
    },
    mixinStandardHelpOptions = true)
final class TriggersBench implements Callable<Integer> {
  private static final String TURN_DATABASE = "turn";

  @Option(
      names = "--turns",
      defaultValue = "10",
      description = "turns of each of the three, default ${DEFAULT-VALUE}")
  private int turns;

  @Option(
      names = "--seconds",
      defaultValue = "5",
      description = "seconds per turn, default ${DEFAULT-VALUE}")
  private int seconds;

  @Option(
      names = "--writers",
      defaultValue = "8",
      description = "writers, default ${DEFAULT-VALUE}")
  private int writers;

  @Mixin private final Output output = new Output();

  @Override
  public Integer call() throws Exception {
    Rig.runWithoutServer(rig -> {
      try (Connection connection = rig.connect()) {
        output.write(rig, measure(rig.mysql(), connection));
      }
    });
    return 0;
  }

  private Figures measure(EmbeddedMysql mysql, Connection connection) throws Exception {
    Figures figures = new Figures();
    System.out.printf(
        "%d writers, alternating single-row INSERTs and UPDATEs, each a transaction;"
            + " medians of %d turns of %d s%n",
        writers, turns, seconds);
    TriggerComparison.printHead(System.out);
    for (CommitMode mode : CommitMode.values()) {
      mode.apply(connection);
      TriggerComparison measured = takeTurns(mysql, connection);
      measured.print(System.out, mode.label());
      measured.addTo(figures, mode);
    }
    return figures;
  }

  private TriggerComparison takeTurns(EmbeddedMysql mysql, Connection connection) throws Exception {
    // The first turns warm up MySQL, the writers and the disk.
    for (TriggerSet triggers : TriggerSet.values()) {
      turn(mysql, connection, triggers);
    }
    List<TriggerComparison.Turn> without = new ArrayList<>();
    List<TriggerComparison.Turn> minimal = new ArrayList<>();
    List<TriggerComparison.Turn> with = new ArrayList<>();
    for (int turn = 0; turn < turns; turn++) {
      without.add(turn(mysql, connection, TriggerSet.NONE));
      minimal.add(turn(mysql, connection, TriggerSet.MINIMAL));
      with.add(turn(mysql, connection, TriggerSet.ORDERWIRE));
    }
    return new TriggerComparison(without, minimal, with);
  }

  private TriggerComparison.Turn turn(
      EmbeddedMysql mysql, Connection connection, TriggerSet triggers) throws Exception {
    SampleOrders.createTable(mysql, TURN_DATABASE);
    triggers.install(mysql, connection, TURN_DATABASE);
    execute(connection, "RESET MASTER");
    ProcessCpu cpu = ProcessCpu.start(mysql.pid());
    UnpacedWriters.WriteResult written =
        UnpacedWriters.write(
            mysql,
            TURN_DATABASE,
            writers,
            Duration.ofSeconds(seconds),
            (number, begun, committed) -> {});
    double micros = cpu.micros() / written.writes();
    execute(connection, "DROP DATABASE " + TURN_DATABASE);
    return new TriggerComparison.Turn(written.perSecond(), micros);
  }

  private static void execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
