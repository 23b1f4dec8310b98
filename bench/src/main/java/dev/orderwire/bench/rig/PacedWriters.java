package dev.orderwire.bench.rig;

import dev.orderwire.bench.load.Stamp;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;

/**
 * Writes changes with stamps at a fixed rate, each in a transaction of its own. The sequence
 * numbers of the stamps go on from one call to the next. For one thread.
 */
public final class PacedWriters implements AutoCloseable {
  /** A statement whose first parameter is the stamp. */
  public record StampedStatement(String sql, Parameters parameters) {
    /** Inserts an order. */
    public static final StampedStatement INSERT =
        new StampedStatement(
            "INSERT INTO orders (customer_name, product_name, status)"
                + " VALUES (?, 'Laptop', 'pending')",
            (statement, _) -> {});

    /** Sets the parameters after the stamp. */
    public interface Parameters {
      void set(PreparedStatement statement, int number) throws SQLException;
    }
  }

  /**
   * The result of a call of {@link #write}.
   *
   * @param from the first sequence number
   * @param to one more than the last sequence number
   * @param statementTimes from before each statement to MySQL's answer, with its commit, in
   *     nanoseconds
   */
  public record WriteResult(int from, int to, double seconds, Histogram statementTimes) {
    int changes() {
      return to - from;
    }

    public double perSecond() {
      return changes() / seconds;
    }

    /** A percentile of the statements' times, in milliseconds. */
    public double statementMillis(double percentile) {
      return statementTimes.getValueAtPercentile(percentile) / 1e6;
    }
  }

  private final List<Connection> connections = new ArrayList<>();
  private final ExecutorService threads;
  private int next;

  /**
   * @param writers how many connections write at the same time
   */
  PacedWriters(Rig rig, int writers) throws SQLException {
    threads = Executors.newFixedThreadPool(writers);
    for (int i = 0; i < writers; i++) {
      connections.add(rig.connect());
    }
  }

  /** The sequence number of the next change. */
  public int next() {
    return next;
  }

  /** Writes for so many seconds, and returns when MySQL has answered the last commit. */
  public WriteResult write(StampedStatement statement, int perSecond, double seconds)
      throws InterruptedException, ExecutionException {
    int from = next;
    next += (int) Math.max(1, perSecond * seconds);
    int to = next;
    AtomicInteger numbers = new AtomicInteger(from);
    Histogram statementTimes = new ConcurrentHistogram(3);
    long began = System.nanoTime();
    List<Future<?>> writing = new ArrayList<>();
    for (Connection connection : connections) {
      writing.add(
          threads.submit(() -> {
            try (PreparedStatement prepared = connection.prepareStatement(statement.sql)) {
              for (int n = numbers.getAndIncrement(); n < to; n = numbers.getAndIncrement()) {
                Pacer.await(began + (n - from) * TimeUnit.SECONDS.toNanos(1) / perSecond);
                statement.parameters.set(prepared, n);
                long before = System.nanoTime();
                prepared.setString(1, Stamp.of(n));
                prepared.executeUpdate();
                statementTimes.recordValue(System.nanoTime() - before);
              }
            }
            return null;
          }));
    }
    for (Future<?> each : writing) {
      each.get();
    }
    return new WriteResult(from, to, (System.nanoTime() - began) / 1e9, statementTimes);
  }

  @Override
  public void close() throws SQLException {
    threads.shutdownNow();
    for (Connection connection : connections) {
      connection.close();
    }
  }
}
