package dev.orderwire.bench;

import dev.orderwire.bench.Writers.Statement;
import dev.orderwire.bench.Writers.Written;
import dev.orderwire.bench.load.LoadReport;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Function;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * What a change costs the server when it concerns one view of many, each of the kind {@code
 * {"id":n}}. The connections are always as many: only how many views each holds differs.
 */
@Command(
    name = "views",
    description = "What a change costs the server among ever more views.",
    mixinStandardHelpOptions = true)
final class ViewsBench implements Callable<Integer> {
  private static final int CONNECTS_PER_SECOND = 200;
  private static final Duration ARRIVES_WITHIN = Duration.ofSeconds(60);

  /** Enough for the server to give back what connecting took. */
  private static final int SECONDS_TO_SETTLE = 20;

  private static final int ROWS_AT_A_TIME = 1_000;

  @Option(
      names = "--views",
      split = ",",
      defaultValue = "1000,10000,100000",
      description = "how many, one number after the other, default ${DEFAULT-VALUE}")
  private List<Integer> views = List.of();

  @Option(
      names = "--connections",
      defaultValue = "1000",
      description = "that share the views evenly, default ${DEFAULT-VALUE}")
  private int connections;

  @Option(
      names = "--rate",
      defaultValue = "500",
      description = "changes a second, default ${DEFAULT-VALUE}")
  private int rate;

  @Option(
      names = "--seconds",
      defaultValue = "15",
      description = "of each turn, default ${DEFAULT-VALUE}")
  private int seconds;

  @Option(
      names = "--warm-up",
      defaultValue = "20",
      description = "seconds before the first turn, default ${DEFAULT-VALUE}")
  private int warmUp;

  @Option(
      names = "--turns",
      defaultValue = "2",
      description = "of each number, default ${DEFAULT-VALUE}")
  private int turns;

  @Option(
      names = "--writers",
      defaultValue = "4",
      description = "connections that write, default ${DEFAULT-VALUE}")
  private int writing;

  @Mixin private final Output output = new Output();

  @Spec private CommandSpec spec = CommandSpec.create();

  /**
   * What a change cost, in microseconds of the server's processor time, and how long it took to
   * arrive, in milliseconds.
   */
  private record Turn(double micros, double p50, double p99) {}

  @Override
  public Integer call() throws Exception {
    for (int number : views) {
      if (number % connections != 0) {
        throw new ParameterException(
            spec.commandLine(),
            "expected numbers of views that %d connections can share evenly, found %d"
                .formatted(connections, number));
      }
    }
    Rig.run(connections, writing, this::measure);
    return 0;
  }

  private void measure(Rig rig, Writers writers) throws Exception {
    fill(rig, views.stream().mapToInt(n -> n).max().orElseThrow());
    connect(rig, views.getFirst());
    write(rig, writers, views.getFirst(), warmUp).checked();
    Map<Integer, List<Turn>> taken = new LinkedHashMap<>();
    try {
      for (int turn = 0; turn < turns; turn++) {
        for (int number : views) {
          connect(rig, number);
          write(rig, writers, number, SECONDS_TO_SETTLE).checked();
          taken.computeIfAbsent(number, _ -> new ArrayList<>()).add(turn(rig, writers, number));
        }
      }
    } finally {
      // Also where it ends at a number that is too much for the server.
      if (!taken.isEmpty()) {
        output.write(rig, figures(taken));
      }
    }
  }

  private Figures figures(Map<Integer, List<Turn>> taken) {
    Figures figures = new Figures().add("connections", "connections", connections, "");
    double fewest = median(taken.getOrDefault(views.getFirst(), List.of()), Turn::micros);
    taken.forEach((number, turnsOfNumber) -> {
      String of = "%,d views".formatted(number);
      double micros = median(turnsOfNumber, Turn::micros);
      figures
          .add("micros" + number, of + ", CPU a change", micros, "us")
          .add("ratio" + number, of + ", to the fewest", micros / fewest, "x", "<= 1.3")
          .add("p50Millis" + number, of + ", p50", median(turnsOfNumber, Turn::p50), "ms")
          .add("p99Millis" + number, of + ", p99", median(turnsOfNumber, Turn::p99), "ms");
    });
    return figures;
  }

  /** Rows for all views, before anyone watches. */
  private static void fill(Rig rig, int rows) throws SQLException {
    try (Connection connection = rig.connect();
        PreparedStatement insert =
            connection.prepareStatement(
                "INSERT INTO orders (customer_name, product_name) VALUES ('', 'Laptop')"
                    + ", ('', 'Laptop')".repeat(ROWS_AT_A_TIME - 1))) {
      for (int row = 0; row < rows; row += ROWS_AT_A_TIME) {
        insert.executeUpdate();
      }
    }
  }

  private void connect(Rig rig, int number) {
    rig.load()
        .connectViews(
            "views",
            connections,
            CONNECTS_PER_SECOND,
            rig.server().websocket(),
            number / connections,
            1);
  }

  private Turn turn(Rig rig, Writers writers, int number) throws Exception {
    rig.load().clear("views");
    ProcessCpu cpu = ProcessCpu.from(rig.server().pid());
    LoadReport report = write(rig, writers, number, seconds).checked();
    return new Turn(cpu.micros() / report.changes(), report.millis(50), report.millis(99));
  }

  /** Changes random rows, and returns when all of it has arrived, or too much time has passed. */
  private LoadReport write(Rig rig, Writers writers, int number, int time) throws Exception {
    Statement update =
        new Statement(
            "UPDATE orders SET customer_name = ? WHERE id = ?",
            (statement, _) -> statement.setInt(2, ThreadLocalRandom.current().nextInt(number) + 1));
    Written written = writers.write(update, rate, time);
    return rig.load().await("views", written.from(), written.to(), ARRIVES_WITHIN);
  }

  private static double median(List<Turn> turns, Function<Turn, Double> figure) {
    return Figures.median(turns.stream().map(figure).toList());
  }
}
