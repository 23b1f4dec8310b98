package dev.orderwire.bench;

import dev.orderwire.bench.peer.SnapshotClient;
import dev.orderwire.bench.report.Figures;
import dev.orderwire.bench.report.Output;
import dev.orderwire.bench.rig.ProcessMemory;
import dev.orderwire.bench.rig.Rig;
import dev.orderwire.bench.rig.ServerProcess;
import java.net.URI;
import java.net.http.HttpClient;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * The time that one client takes for a snapshot of a very large table, and the growth of the
 * server's resident memory meanwhile.
 */
@Command(
    name = "snapshot",
    description = {
      "Measures a snapshot of a very large table.",
      "Also measures the server's memory meanwhile."
    },
    mixinStandardHelpOptions = true)
final class SnapshotBench implements Callable<Integer> {
  private static final int FIRST_ROWS = 1_000;

  @Option(
      names = "--rows",
      defaultValue = "5000000",
      description = "rows of the table, default ${DEFAULT-VALUE}")
  private int rows;

  @Mixin private final Output output = new Output();

  @Override
  public Integer call() throws Exception {
    Rig.runWithoutServer(rig -> {
      fill(rig);
      rig.serve();
      measure(rig);
    });
    return 0;
  }

  /** Runs before the server installs its triggers, so that the rows do not fill the change log. */
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

  private void measure(Rig rig) throws Exception {
    ServerProcess server = rig.server();
    try (HttpClient http = HttpClient.newHttpClient()) {
      SnapshotClient.read(
          http, URI.create(server.websocket() + "?snapshot=true&where=%7B%22id%22%3A1%7D"));
      Thread.sleep(Duration.ofSeconds(5));
      long before = ProcessMemory.resident(server.pid());
      ProcessMemory.Sampler memory = ProcessMemory.sample(server.pid());
      long began = System.nanoTime();
      SnapshotClient snapshot =
          SnapshotClient.read(http, URI.create(server.websocket() + "?snapshot=true"));
      double seconds = (System.nanoTime() - began) / 1e9;
      long peak = memory.stop().highest();
      output.write(
          rig,
          new Figures()
              .add("rows", "rows of the snapshot", (double) snapshot.rows(), "")
              .add("megabytes", "messages to the client", snapshot.characters() / 1e6, "MB")
              .add("seconds", "time until the last row", seconds, "s")
              .add("firstMillis", "time until the first rows", snapshot.firstNanos() / 1e6, "ms")
              .add("residentBeforeMegabytes", "server's resident memory before", before / 1e6, "MB")
              .add(
                  "residentMostMegabytes", "server's resident memory at the peak", peak / 1e6, "MB")
              .add("growthMegabytes", "growth", (peak - before) / 1e6, "MB"));
      if (snapshot.rows() != rows) {
        throw new IllegalStateException("expected " + rows + " rows, got " + snapshot.rows());
      }
    }
  }
}
