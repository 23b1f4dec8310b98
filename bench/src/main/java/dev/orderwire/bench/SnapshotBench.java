package dev.orderwire.bench;

import java.net.URI;
import java.net.http.HttpClient;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * One client takes a snapshot of a very large table: how long that takes, and by how much the
 * server's resident memory grows meanwhile.
 */
@Command(
    name = "snapshot",
    description = "A snapshot of a very large table, and the server's memory meanwhile.",
    mixinStandardHelpOptions = true)
final class SnapshotBench implements Callable<Integer> {
  private static final int FIRST_ROWS = 1_000;

  @Option(names = "--rows", defaultValue = "5000000", description = "default ${DEFAULT-VALUE}")
  private int rows;

  @Override
  public Integer call() throws Exception {
    Rig.runWithoutServer(rig -> {
      fill(rig);
      measure(rig.serve());
    });
    return 0;
  }

  /** Before the server installs its triggers: the rows are to be in the table, not in the log. */
  private void fill(Rig rig) throws SQLException {
    try (Connection connection = rig.connect();
        Statement statement = connection.createStatement()) {
      String columns = "(customer_name, product_name, status)";
      StringBuilder first = new StringBuilder("INSERT INTO orders " + columns + " VALUES ");
      for (int row = 0; row < FIRST_ROWS; row++) {
        first
            .append(row == 0 ? "" : ",")
            .append("('Customer ")
            .append(row)
            .append("', 'Laptop', 'pending')");
      }
      statement.executeUpdate(first.toString());
      for (int there = FIRST_ROWS; there < rows; ) {
        there +=
            statement.executeUpdate(
                "INSERT INTO orders %s SELECT customer_name, product_name, status FROM orders LIMIT %d"
                    .formatted(columns, Math.min(200_000, Math.min(there, rows - there))));
      }
    }
  }

  private void measure(ServerProcess server) throws Exception {
    try (HttpClient http = HttpClient.newHttpClient()) {
      SnapshotTaker.take(
          http, URI.create(server.websocket() + "?snapshot=true&where=%7B%22id%22%3A1%7D"));
      Thread.sleep(Duration.ofSeconds(5));
      long before = ProcessMemory.resident(server.pid());
      ProcessMemory.Peak peak = ProcessMemory.watch(server.pid());
      long began = System.nanoTime();
      SnapshotTaker taken =
          SnapshotTaker.take(http, URI.create(server.websocket() + "?snapshot=true"));
      double seconds = (System.nanoTime() - began) / 1e9;
      System.out.printf(
          "%,d rows, %,d bytes of messages in %.1f s; first rows after %.0f ms%n",
          taken.rows(), taken.bytes(), seconds, taken.firstNanos() / 1e6);
      System.out.printf(
          "server's resident memory: %.1f MB before, %.1f MB at most, growth %.1f MB%n",
          before / 1e6, peak.stop() / 1e6, (peak.stop() - before) / 1e6);
      if (taken.rows() != rows) {
        throw new IllegalStateException("expected " + rows + " rows, got " + taken.rows());
      }
    }
  }
}
