package dev.orderwire.bench;

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
 * What the triggers cost the application: writers on a table without triggers, with the smallest
 * ones that log at all, and with ours, in short turns one after the other, so that what else the
 * machine does falls on all three. Each turn has a fresh database and an empty binlog.
 */
@Command(
    name = "triggers",
    description =
        "The throughput of writers with the triggers, beside that without them, and with the smallest.",
    mixinStandardHelpOptions = true)
final class TriggersBench implements Callable<Integer> {
  private static final String TURN = "turn";

  @Option(
      names = "--turns",
      defaultValue = "10",
      description = "of each kind, default ${DEFAULT-VALUE}")
  private int turns;

  @Option(
      names = "--seconds",
      defaultValue = "5",
      description = "of each turn, default ${DEFAULT-VALUE}")
  private int seconds;

  @Option(names = "--writers", defaultValue = "8", description = "default ${DEFAULT-VALUE}")
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
        "%d writers, single-row INSERTs and UPDATEs by turns, each a transaction;"
            + " medians of %d turns of %d s%n",
        writers, turns, seconds);
    TurnAndTurn.printHead(System.out);
    for (Commits commits : Commits.values()) {
      commits.set(connection);
      TurnAndTurn measured = takeTurns(mysql, connection);
      measured.print(System.out, commits.words());
      measured.addTo(figures, commits);
    }
    return figures;
  }

  private TurnAndTurn takeTurns(EmbeddedMysql mysql, Connection connection) throws Exception {
    // The first turns warm MySQL, the writers and the disk up.
    for (Logging logging : Logging.values()) {
      turn(mysql, connection, logging);
    }
    List<TurnAndTurn.Turn> without = new ArrayList<>();
    List<TurnAndTurn.Turn> floor = new ArrayList<>();
    List<TurnAndTurn.Turn> with = new ArrayList<>();
    for (int turn = 0; turn < turns; turn++) {
      without.add(turn(mysql, connection, Logging.NOTHING));
      floor.add(turn(mysql, connection, Logging.FLOOR));
      with.add(turn(mysql, connection, Logging.TRIGGERS));
    }
    return new TurnAndTurn(without, floor, with);
  }

  private TurnAndTurn.Turn turn(EmbeddedMysql mysql, Connection connection, Logging logging)
      throws Exception {
    SampleOrders.createTable(mysql, TURN);
    logging.install(mysql, connection, TURN);
    execute(connection, "RESET MASTER");
    ProcessCpu cpu = ProcessCpu.from(mysql.pid());
    BusyWriters.Written written =
        BusyWriters.write(
            mysql, TURN, writers, Duration.ofSeconds(seconds), (number, begun, committed) -> {});
    double micros = cpu.micros() / written.writes();
    execute(connection, "DROP DATABASE " + TURN);
    return new TurnAndTurn.Turn(written.perSecond(), micros);
  }

  private static void execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
