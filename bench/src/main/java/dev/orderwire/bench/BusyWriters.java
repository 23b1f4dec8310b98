package dev.orderwire.bench;

import dev.orderwire.demo.EmbeddedMysql;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Applications that write orders as fast as MySQL takes it, each on a connection of its own: an
 * INSERT and an UPDATE of that row by turns, each a transaction by itself. Every write has a
 * number, which its row has as the customer's name.
 */
final class BusyWriters {
  /** Told of each write, on the writer's thread, with {@link System#nanoTime}. */
  @FunctionalInterface
  interface Log {
    void committed(long number, long begunAt, long committedAt);
  }

  /** How much was written in which time. */
  record Written(long writes, double seconds) {
    double perSecond() {
      return writes / seconds;
    }
  }

  private final int count;
  private final Log log;
  private final long end;

  private BusyWriters(int count, Log log, long end) {
    this.count = count;
    this.log = log;
    this.end = end;
  }

  /** So many write for that time into the table {@code orders} of the database. */
  static Written write(EmbeddedMysql mysql, String database, int count, Duration time, Log log)
      throws Exception {
    List<Connection> connections = new ArrayList<>();
    try (ExecutorService threads = Executors.newFixedThreadPool(count)) {
      for (int writer = 0; writer < count; writer++) {
        connections.add(
            DriverManager.getConnection(mysql.jdbcUrl(database), mysql.user(), mysql.password()));
      }
      long began = System.nanoTime();
      BusyWriters writers = new BusyWriters(count, log, began + time.toNanos());
      List<Future<Long>> running = new ArrayList<>();
      for (int writer = 0; writer < count; writer++) {
        int first = writer;
        running.add(threads.submit(() -> writers.write(connections.get(first), first)));
      }
      long writes = 0;
      for (Future<Long> writer : running) {
        writes += writer.get();
      }
      return new Written(writes, (System.nanoTime() - began) / 1e9);
    } finally {
      for (Connection connection : connections) {
        connection.close();
      }
    }
  }

  private long write(Connection connection, int first) throws SQLException {
    long writes = 0;
    try (PreparedStatement insert =
            connection.prepareStatement(
                "INSERT INTO orders (customer_name, product_name, status)"
                    + " VALUES (?, 'Laptop', 'pending')",
                Statement.RETURN_GENERATED_KEYS);
        PreparedStatement update =
            connection.prepareStatement(
                "UPDATE orders SET status = 'shipped', customer_name = ? WHERE id = ?")) {
      while (System.nanoTime() < end) {
        write(insert, first + count * writes++);
        update.setLong(2, newOrder(insert));
        write(update, first + count * writes++);
      }
    }
    return writes;
  }

  private void write(PreparedStatement statement, long number) throws SQLException {
    statement.setString(1, String.valueOf(number));
    long begun = System.nanoTime();
    statement.executeUpdate();
    log.committed(number, begun, System.nanoTime());
  }

  /** MySQL's answer to the INSERT brought it. */
  private static long newOrder(PreparedStatement insert) throws SQLException {
    try (ResultSet key = insert.getGeneratedKeys()) {
      key.next();
      return key.getLong(1);
    }
  }
}
