package dev.orderwire.bench;

import dev.orderwire.changelog.InstallOptions;
import dev.orderwire.changelog.Installer;
import dev.orderwire.changelog.Mysql;
import dev.orderwire.changelog.MysqlOptions;
import dev.orderwire.demo.EmbeddedMysql;
import dev.orderwire.demo.SampleOrders;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * What the triggers cost the application: eight writers on a table without and with them, in short
 * turns one after the other, so that what else the machine does falls on both. Each turn has a
 * fresh database and an empty binlog.
 */
@Command(
    name = "triggers",
    description = "The throughput of writers with the triggers, beside that without them.",
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
        BusyWriters.COUNT, turns, seconds);
    System.out.printf(
        "%-36s %10s %10s %8s  %s%n",
        "writes a second", "without", "with", "ratio", "ratio of neighbouring turns");
    for (Durability durability : Durability.values()) {
      durability.set(connection);
      TurnAndTurn measured = takeTurns(mysql, connection);
      measured.print(System.out, durability.words());
      measured.addTo(figures, durability);
    }
    return figures;
  }

  private TurnAndTurn takeTurns(EmbeddedMysql mysql, Connection connection) throws Exception {
    // The first pair warms MySQL, the writers and the disk up.
    turn(mysql, connection, false);
    turn(mysql, connection, true);
    List<TurnAndTurn.Turn> without = new ArrayList<>();
    List<TurnAndTurn.Turn> with = new ArrayList<>();
    for (int turn = 0; turn < turns; turn++) {
      without.add(turn(mysql, connection, false));
      with.add(turn(mysql, connection, true));
    }
    return new TurnAndTurn(without, with);
  }

  private TurnAndTurn.Turn turn(EmbeddedMysql mysql, Connection connection, boolean triggers)
      throws Exception {
    SampleOrders.createTable(mysql, TURN);
    if (triggers) {
      install(mysql);
    }
    execute(connection, "RESET MASTER");
    ProcessCpu cpu = ProcessCpu.from(mysql.pid());
    BusyWriters.Written written =
        BusyWriters.write(
            mysql, TURN, Duration.ofSeconds(seconds), (number, begun, committed) -> {});
    double micros = cpu.micros() / written.writes();
    execute(connection, "DROP DATABASE " + TURN);
    return new TurnAndTurn.Turn(written.perSecond(), micros);
  }

  private static void install(EmbeddedMysql mysql) {
    MysqlOptions options =
        new MysqlOptions(
            "127.0.0.1", mysql.port(), mysql.user(), mysql.password(), TURN, 2, Map.of());
    try (Mysql there = new Mysql(options)) {
      Installer.install(there, List.of("orders"), InstallOptions.DEFAULT);
    }
  }

  private static void execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
