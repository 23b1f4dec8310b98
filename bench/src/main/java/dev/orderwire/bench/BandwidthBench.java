package dev.orderwire.bench;

import dev.orderwire.bench.peer.PollingScreen;
import dev.orderwire.bench.peer.Screen;
import dev.orderwire.bench.peer.ScreenCost;
import dev.orderwire.bench.peer.WebSocketScreen;
import dev.orderwire.bench.report.Figures;
import dev.orderwire.bench.report.Output;
import dev.orderwire.bench.rig.MysqlStatus;
import dev.orderwire.bench.rig.Pacer;
import dev.orderwire.bench.rig.Rig;
import java.net.URI;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * What one screen that shows all orders costs, over a WebSocket and by polling the list every
 * second. The variants run one after the other, while orders change.
 */
@Command(
    name = "bandwidth",
    description = {
      "Compares a live dashboard with polling the list.",
      "The figures are bytes and queries; the list is polled every second."
    },
    mixinStandardHelpOptions = true)
final class BandwidthBench implements Callable<Integer> {
  @Option(
      names = "--orders",
      defaultValue = "1000",
      description = "orders on the screen, default ${DEFAULT-VALUE}")
  private int orders;

  @Option(
      names = "--rate",
      defaultValue = "10",
      description = "changes a second, default ${DEFAULT-VALUE}")
  private int rate;

  @Option(
      names = "--seconds",
      defaultValue = "30",
      description = "seconds per variant, default ${DEFAULT-VALUE}")
  private int seconds;

  @Mixin private final Output output = new Output();

  private int updates;

  /** Opens a screen that shows all orders, or none, to measure the server alone. */
  @FunctionalInterface
  private interface ScreenOpener {
    @Nullable Screen open() throws Exception;
  }

  @Override
  public Integer call() throws Exception {
    Rig.run(rig -> {
      try (Connection connection = rig.connect()) {
        fill(connection);
        output.write(rig, measure(connection, rig.server().websocket()));
      }
    });
    return 0;
  }

  private void fill(Connection connection) throws SQLException {
    try (PreparedStatement insert =
        connection.prepareStatement(
            "INSERT INTO orders (customer_name, product_name, amount, status)"
                + " VALUES (?, ?, ?, 'pending')")) {
      for (int order = 0; order < orders; order++) {
        insert.setString(1, "Customer " + order);
        insert.setString(2, "Product " + order % 97);
        insert.setInt(3, 10 + order * 7 % 990);
        insert.executeUpdate();
      }
    }
  }

  private Figures measure(Connection connection, URI server) throws Exception {
    BandwidthTable table =
        new BandwidthTable(
            cost(connection, () -> null),
            cost(connection, () -> WebSocketScreen.open(server, false)),
            cost(connection, () -> WebSocketScreen.open(server, true)),
            cost(connection, () -> PollingScreen.open(server, orders, false)),
            cost(connection, () -> PollingScreen.open(server, orders, true)));
    System.out.printf(
        "%,d orders, %d changes a second, %d s per variant; bytes in both directions, with the"
            + " headers of HTTP and WebSocket%n",
        orders, rate, seconds);
    table.print(System.out);
    return table.figures();
  }

  private ScreenCost cost(Connection connection, ScreenOpener opener) throws Exception {
    long lists = MysqlStatus.listQueries(connection, Rig.DATABASE);
    long rows = MysqlStatus.rowsRead(connection, Rig.DATABASE, "orders");
    long questions = MysqlStatus.questions(connection);
    long began = System.nanoTime();
    try (Screen screen = opener.open()) {
      long first = screen == null ? 0 : screen.bytes();
      int changes = rate * seconds;
      update(connection, changes);
      if (screen != null) {
        screen.awaitChanges(changes);
      }
      double elapsed = (System.nanoTime() - began) / 1e9;
      // Without the load itself: each update is one query, and reads one row by its key.
      long queries = MysqlStatus.questions(connection) - questions - changes;
      return new ScreenCost(
          elapsed,
          first,
          screen == null ? 0 : screen.bytes() - first,
          queries,
          MysqlStatus.listQueries(connection, Rig.DATABASE) - lists,
          MysqlStatus.rowsRead(connection, Rig.DATABASE, "orders") - rows - changes,
          screen != null && screen.compressed());
    }
  }

  /** Updates the orders one after the other, and begins again after the last. */
  private void update(Connection connection, int changes) throws SQLException {
    try (PreparedStatement update =
        connection.prepareStatement(
            "UPDATE orders SET quantity = quantity + 1, status = ? WHERE id = ?")) {
      Pacer pace = Pacer.of(rate, 1);
      for (int change = 0; change < changes; change++) {
        pace.await();
        update.setString(1, List.of("paid", "shipped", "delivered").get(updates % 3));
        update.setLong(2, 1 + updates++ % orders);
        update.executeUpdate();
      }
    }
  }
}
