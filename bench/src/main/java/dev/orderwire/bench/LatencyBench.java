package dev.orderwire.bench;

import dev.orderwire.demo.EmbeddedMysql;
import dev.orderwire.demo.SampleOrders;
import java.io.PrintStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * The delay of a change: from before its INSERT, and from the INSERT's answer (the commit), to the
 * arrival at each client; and what the tail costs MySQL meanwhile and when nothing happens.
 */
@Command(
    name = "latency",
    description = "The delay from commit to client, and what it costs MySQL.",
    mixinStandardHelpOptions = true)
final class LatencyBench implements Callable<Integer> {
  @Option(names = "--clients", defaultValue = "10", description = "default ${DEFAULT-VALUE}")
  private int clients;

  @Option(
      names = "--rate",
      defaultValue = "50",
      description = "inserts a second, default ${DEFAULT-VALUE}")
  private int rate;

  @Option(names = "--seconds", defaultValue = "30", description = "default ${DEFAULT-VALUE}")
  private int seconds;

  @Option(
      names = "--warm-up",
      defaultValue = "10",
      description = "seconds, default ${DEFAULT-VALUE}")
  private int warmUp;

  @Override
  public Integer call() throws Exception {
    BenchFolder.run(folder -> {
      try (EmbeddedMysql mysql = EmbeddedMysql.start(folder.resolve("mysql"), 0, List.of())) {
        SampleOrders.createTable(mysql, BenchFolder.DATABASE);
        try (ServerProcess server =
                ServerProcess.start(mysql, BenchFolder.DATABASE, folder.resolve("server.log"));
            Connection writer = BenchFolder.connect(mysql);
            HttpClient http = HttpClient.newHttpClient()) {
          measure(mysql, server, writer, http, System.out);
        }
      }
    });
    return 0;
  }

  private void measure(
      EmbeddedMysql mysql,
      ServerProcess server,
      Connection writer,
      HttpClient http,
      PrintStream out)
      throws Exception {
    Cost idle = cost(mysql, server, writer, () -> Thread.sleep(Duration.ofSeconds(15)));
    load(server.websocket(), http, writer, rate * warmUp);
    Arrivals[] arrivals = new Arrivals[1];
    Cost busy =
        cost(
            mysql,
            server,
            writer,
            () -> arrivals[0] = load(server.websocket(), http, writer, rate * seconds));
    arrivals[0].print(out);
    out.printf("%-36s %10s %10s%n", "what it costs", "idle", "busy");
    out.printf(
        "%-36s %10.0f %10.0f%n", "queries a second, the load's too", idle.queries, busy.queries);
    out.printf("%-36s %9.1f%% %9.1f%%%n", "MySQL, of one core", idle.mysql, busy.mysql);
    out.printf("%-36s %9.1f%% %9.1f%%%n", "server, of one core", idle.server, busy.server);
  }

  /** Inserts at the rate while the clients watch; ends when every client has seen every insert. */
  private Arrivals load(URI websocket, HttpClient http, Connection writer, int inserts)
      throws SQLException, InterruptedException {
    Arrivals arrivals = new Arrivals(clients, inserts, newestOrder(writer) + 1);
    List<Watcher> watchers = arrivals.watch(http, websocket);
    try {
      insert(writer, arrivals, inserts);
      if (!arrivals.await(Duration.ofSeconds(60))) {
        watchers.forEach(Watcher::checkOpen);
        throw new IllegalStateException("arrivals are missing");
      }
      return arrivals;
    } finally {
      watchers.forEach(Watcher::close);
    }
  }

  private void insert(Connection writer, Arrivals arrivals, int inserts) throws SQLException {
    long interval = TimeUnit.SECONDS.toNanos(1) / rate;
    try (PreparedStatement insert =
        writer.prepareStatement(
            "INSERT INTO orders (customer_name, product_name, status) VALUES (?, 'Laptop', 'pending')")) {
      long next = System.nanoTime();
      for (int order = 0; order < inserts; order++) {
        next += interval;
        for (long wait = next - System.nanoTime(); wait > 0; wait = next - System.nanoTime()) {
          LockSupport.parkNanos(wait);
        }
        insert.setString(1, "Customer " + order);
        long start = System.nanoTime();
        insert.executeUpdate();
        arrivals.inserted(order, start, System.nanoTime());
      }
    }
  }

  private static long newestOrder(Connection connection) throws SQLException {
    return number(connection, "SELECT COALESCE(MAX(id), 0) FROM orders");
  }

  private static long number(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      row.next();
      return row.getLong(1);
    }
  }

  /** What a second of something takes: statements, and processor time in percent of one core. */
  private record Cost(double queries, double mysql, double server) {}

  @FunctionalInterface
  private interface Work {
    void run() throws Exception;
  }

  private static Cost cost(
      EmbeddedMysql mysql, ServerProcess server, Connection connection, Work work)
      throws Exception {
    long questions = questions(connection);
    Duration mysqlCpu = ProcessCpu.of(mysql.pid());
    Duration serverCpu = ProcessCpu.of(server.pid());
    long began = System.nanoTime();
    work.run();
    double elapsed = (System.nanoTime() - began) / 1e9;
    return new Cost(
        (questions(connection) - questions) / elapsed,
        ProcessCpu.of(mysql.pid()).minus(mysqlCpu).toMillis() / elapsed / 10,
        ProcessCpu.of(server.pid()).minus(serverCpu).toMillis() / elapsed / 10);
  }

  private static long questions(Connection connection) throws SQLException {
    return number(
        connection,
        "SELECT variable_value FROM performance_schema.global_status"
            + " WHERE variable_name = 'Questions'");
  }
}
