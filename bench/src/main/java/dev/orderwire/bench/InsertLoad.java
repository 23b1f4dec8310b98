package dev.orderwire.bench;

import dev.orderwire.bench.rig.MysqlStatus;
import dev.orderwire.bench.rig.Pacer;
import dev.orderwire.bench.rig.Watcher;
import java.net.URI;
import java.net.http.HttpClient;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;

/**
 * Orders that are inserted at a fixed rate, and clients in this process that receive them.
 *
 * @param rate inserts a second
 * @param settle from the connection of the clients to the first insert
 */
record InsertLoad(int clients, int rate, Duration settle) {
  private static final Duration ARRIVES_WITHIN = Duration.ofSeconds(60);

  /**
   * Connects the clients, inserts, and returns when every insert has arrived at every client.
   *
   * @throws IllegalStateException if one does not arrive within a minute, or a client is cut off
   */
  Arrivals run(URI websocket, HttpClient http, Connection writer, int inserts)
      throws SQLException, InterruptedException {
    Arrivals arrivals = new Arrivals(clients, inserts, newestOrder(writer) + 1);
    List<Watcher> watchers = arrivals.watch(http, websocket);
    try {
      Thread.sleep(settle);
      insert(writer, arrivals, inserts);
      if (!arrivals.await(ARRIVES_WITHIN)) {
        watchers.forEach(Watcher::requireOpen);
        throw new IllegalStateException("changes are still missing a minute after the last INSERT");
      }
      return arrivals;
    } finally {
      watchers.forEach(Watcher::close);
    }
  }

  private void insert(Connection writer, Arrivals arrivals, int inserts) throws SQLException {
    try (PreparedStatement insert =
        writer.prepareStatement(
            "INSERT INTO orders (customer_name, product_name, status) VALUES (?, 'Laptop',"
                + " 'pending')")) {
      Pacer pace = Pacer.of(rate, 1);
      for (int order = 0; order < inserts; order++) {
        pace.await();
        insert.setString(1, "Customer " + order);
        long start = System.nanoTime();
        insert.executeUpdate();
        arrivals.inserted(order, start, System.nanoTime());
      }
    }
  }

  private static long newestOrder(Connection connection) throws SQLException {
    return MysqlStatus.number(connection, "SELECT COALESCE(MAX(id), 0) FROM orders");
  }
}
