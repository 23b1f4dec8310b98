package dev.orderwire.bench;

import dev.orderwire.bench.load.LoadReport;
import dev.orderwire.bench.report.Figures;
import dev.orderwire.bench.report.Output;
import dev.orderwire.bench.rig.PacedWriters;
import dev.orderwire.bench.rig.PacedWriters.StampedStatement;
import dev.orderwire.bench.rig.PacedWriters.WriteResult;
import dev.orderwire.bench.rig.ProcessCpu;
import dev.orderwire.bench.rig.Rig;
import dev.orderwire.bench.rig.Tokens;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
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
 * The server's CPU time per change if each change concerns one of many views. By default these are
 * views {@code {"id":n}}: the number of connections stays the same, and the number of views per
 * connection grows. With {@code --policy} they are those of customers: each has a connection, a
 * token and a policy view of its own, and its policy says which orders are its own.
 */
@Command(
    name = "views",
    description = "Measures the CPU time per change with more and more views.",
    mixinStandardHelpOptions = true)
final class ViewsBench implements Callable<Integer> {
  private static final int CONNECTS_PER_SECOND = 200;
  private static final int CUSTOMERS_PER_SECOND = 1_000;
  private static final String CUSTOMER = "customer";

  private static final String POLICIES =
      """
      {"orders": {"customer": {"rows": {"customer_id": "${claims.sub}"},
       "columns": ["id", "customer_name", "status", "amount"]}}}\
      """;

  private static final List<Integer> VIEWS = List.of(1_000, 10_000, 100_000);
  private static final List<Integer> CUSTOMERS = List.of(1_000, 10_000);
  private static final Duration ARRIVES_WITHIN = Duration.ofSeconds(60);

  /** Long enough for the server to release what it needed for the connects. */
  private static final int SECONDS_TO_SETTLE = 20;

  private static final int ROWS_PER_INSERT = 1_000;

  @Option(
      names = "--views",
      split = ",",
      description = "numbers of views, default 1000,10000,100000; with --policy, without the last")
  private List<Integer> views = List.of();

  @Option(
      names = "--policy",
      description = "each view is another customer's, with a token of its own")
  private boolean policy;

  @Option(
      names = "--connections",
      defaultValue = "1000",
      description = "connections that share the views, default ${DEFAULT-VALUE}")
  private int connections;

  @Option(
      names = "--rate",
      defaultValue = "500",
      description = "changes a second, default ${DEFAULT-VALUE}")
  private int rate;

  @Option(
      names = "--seconds",
      defaultValue = "15",
      description = "seconds per turn, default ${DEFAULT-VALUE}")
  private int seconds;

  @Option(
      names = "--warm-up",
      defaultValue = "20",
      description = "seconds before the first turn, default ${DEFAULT-VALUE}")
  private int warmUp;

  @Option(
      names = "--turns",
      defaultValue = "2",
      description = "turns of each number of views, default ${DEFAULT-VALUE}")
  private int turns;

  @Option(
      names = "--writers",
      defaultValue = "4",
      description = "connections that write, default ${DEFAULT-VALUE}")
  private int writing;

  @Mixin private final Output output = new Output();

  @Spec private CommandSpec spec = CommandSpec.create();

  private final Tokens tokens = new Tokens();

  /**
   * The result of a turn.
   *
   * @param micros the server's CPU time per change
   * @param p50 the median delay of the changes, in milliseconds
   * @param p99 the 99th percentile of their delay, in milliseconds
   */
  private record Turn(double micros, double p50, double p99) {}

  @Override
  public Integer call() throws Exception {
    if (views.isEmpty()) {
      views = policy ? CUSTOMERS : VIEWS;
    }
    int most = views.stream().mapToInt(n -> n).max().orElseThrow();
    if (policy) {
      measureCustomers(most);
    } else {
      measureViews(most);
    }
    return 0;
  }

  private void measureCustomers(int most) throws Exception {
    Rig.runWithoutServer(
        most,
        writing,
        (rig, writers) -> {
          addCustomers(rig, most);
          rig.serve(tokens.settings(POLICIES));
          tokens.write(tokenFile(rig), CUSTOMER, 1, most);
          measure(rig, writers);
        });
  }

  private void measureViews(int most) throws Exception {
    for (int number : views) {
      if (number % connections != 0) {
        throw new ParameterException(
            spec.commandLine(),
            "expected numbers of views that %d connections can share evenly, found %d"
                .formatted(connections, number));
      }
    }
    Rig.run(
        connections,
        writing,
        (rig, writers) -> {
          fill(rig, most);
          measure(rig, writers);
        });
  }

  private void measure(Rig rig, PacedWriters writers) throws Exception {
    connect(rig, views.getFirst());
    write(rig, writers, views.getFirst(), warmUp).requireComplete();
    Map<Integer, List<Turn>> turnsByNumber = new LinkedHashMap<>();
    try {
      for (int turn = 0; turn < turns; turn++) {
        for (int number : views) {
          connect(rig, number);
          write(rig, writers, number, SECONDS_TO_SETTLE).requireComplete();
          turnsByNumber
              .computeIfAbsent(number, _ -> new ArrayList<>())
              .add(turn(rig, writers, number));
        }
      }
    } finally {
      // Also reports the smaller numbers if a number of views is too large for the server.
      if (!turnsByNumber.isEmpty()) {
        output.write(rig, figures(turnsByNumber));
      }
    }
  }

  private Figures figures(Map<Integer, List<Turn>> turnsByNumber) {
    Figures figures = new Figures();
    if (!policy) {
      figures.add("connections", "connections", connections, "");
    }
    double first = median(turnsByNumber.getOrDefault(views.getFirst(), List.of()), Turn::micros);
    turnsByNumber.forEach((number, turnsOfNumber) -> {
      String label = (policy ? "%,d customers" : "%,d views").formatted(number);
      double micros = median(turnsOfNumber, Turn::micros);
      figures
          .add("micros" + number, label + ", CPU per change", micros, "us")
          .add(
              "ratio" + number,
              label + ", ratio to %,d".formatted(views.getFirst()),
              micros / first,
              "x",
              "<= 1.3")
          .add("p50Millis" + number, label + ", delay, p50", median(turnsOfNumber, Turn::p50), "ms")
          .add(
              "p99Millis" + number, label + ", delay, p99", median(turnsOfNumber, Turn::p99), "ms");
    });
    return figures;
  }

  /** Inserts the rows of all views, before clients connect. */
  private static void fill(Rig rig, int rows) throws SQLException {
    try (Connection connection = rig.connect();
        PreparedStatement insert =
            connection.prepareStatement(
                "INSERT INTO orders (customer_name, product_name) VALUES ('', 'Laptop')"
                    + ", ('', 'Laptop')".repeat(ROWS_PER_INSERT - 1))) {
      for (int row = 0; row < rows; row += ROWS_PER_INSERT) {
        insert.executeUpdate();
      }
    }
  }

  /** Gives each customer an order, before there are triggers. */
  private static void addCustomers(Rig rig, int customers) throws SQLException {
    fill(rig, customers);
    try (Connection connection = rig.connect();
        Statement statement = connection.createStatement()) {
      statement.execute("ALTER TABLE orders ADD customer_id INT NOT NULL DEFAULT 0");
      statement.execute("UPDATE orders SET customer_id = id");
    }
  }

  private static Path tokenFile(Rig rig) {
    return rig.folder().resolve("tokens");
  }

  private void connect(Rig rig, int number) {
    if (policy) {
      rig.load()
          .connectWithTokens(
              "views",
              number,
              CUSTOMERS_PER_SECOND,
              rig.server().websocket(),
              tokenFile(rig),
              true);
      return;
    }
    rig.load()
        .connectViews(
            "views",
            connections,
            CONNECTS_PER_SECOND,
            rig.server().websocket(),
            number / connections,
            1);
  }

  private Turn turn(Rig rig, PacedWriters writers, int number) throws Exception {
    rig.load().clear("views");
    ProcessCpu cpu = ProcessCpu.start(rig.server().pid());
    LoadReport report = write(rig, writers, number, seconds).requireComplete();
    return new Turn(cpu.micros() / report.changes(), report.millis(50), report.millis(99));
  }

  /** Changes random rows, and returns when all changes have arrived, or after a minute. */
  private LoadReport write(Rig rig, PacedWriters writers, int number, int time) throws Exception {
    StampedStatement update =
        new StampedStatement(
            "UPDATE orders SET customer_name = ? WHERE id = ?",
            (statement, _) -> statement.setInt(2, ThreadLocalRandom.current().nextInt(number) + 1));
    WriteResult written = writers.write(update, rate, time);
    return rig.load().await("views", written.from(), written.to(), ARRIVES_WITHIN);
  }

  private static double median(List<Turn> turns, Function<Turn, Double> figure) {
    return Figures.median(turns.stream().map(figure).toList());
  }
}
