package dev.orderwire.bench.rig;

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
 * Applications that write orders as fast as MySQL accepts them, each on a connection of its own. A
 * writer inserts a row and then updates it, over and over, each statement in a transaction of its
 * own. Each write has a number, which it stores as the customer's name.
 */
public final class UnpacedWriters {
  /** Is called after each commit, on the writer's thread. Times are {@link System#nanoTime}. */
  @FunctionalInterface
  public interface CommitListener {
    void committed(long number, long begunAt, long committedAt);
  }

  /** The number of writes, and the time that they took. */
  public record WriteResult(long writes, double seconds) {
    public double perSecond() {
      return writes / seconds;
    }
  }

  private final int count;
  private final CommitListener listener;
  private final long end;

  private UnpacedWriters(int count, CommitListener listener, long end) {
    this.count = count;
    this.listener = listener;
    this.end = end;
  }

  /** Writes for {@code time} into the table {@code orders}, with {@code count} writers. */
  public static WriteResult write(
      EmbeddedMysql mysql, String database, int count, Duration time, CommitListener listener)
      throws Exception {
    List<Connection> connections = new ArrayList<>();
    try (ExecutorService threads = Executors.newFixedThreadPool(count)) {
      for (int writer = 0; writer < count; writer++) {
        connections.add(
            DriverManager.getConnection(mysql.jdbcUrl(database), mysql.user(), mysql.password()));
      }
      long began = System.nanoTime();
      UnpacedWriters writers = new UnpacedWriters(count, listener, began + time.toNanos());
      List<Future<Long>> running = new ArrayList<>();
      for (int writer = 0; writer < count; writer++) {
        int first = writer;
        running.add(threads.submit(() -> writers.write(connections.get(first), first)));
      }
      long writes = 0;
      for (Future<Long> writer : running) {
        writes += writer.get();
      }
      return new WriteResult(writes, (System.nanoTime() - began) / 1e9);
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
        update.setLong(2, insertedId(insert));
        write(update, first + count * writes++);
      }
    }
    return writes;
  }

  private void write(PreparedStatement statement, long number) throws SQLException {
    statement.setString(1, String.valueOf(number));
    long begun = System.nanoTime();
    statement.executeUpdate();
    listener.committed(number, begun, System.nanoTime());
  }

  /** MySQL's answer to the INSERT contains the id, so this needs no query. */
  private static long insertedId(PreparedStatement insert) throws SQLException {
    try (ResultSet key = insert.getGeneratedKeys()) {
      key.next();
      return key.getLong(1);
    }
  }
}
