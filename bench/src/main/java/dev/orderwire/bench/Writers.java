package dev.orderwire.bench;

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
 * Writes changes at a rate, each with a stamp, each a statement and a commit of its own. The
 * numbers of the stamps count up over all that it writes. For one thread.
 */
final class Writers implements AutoCloseable {
  /** What a change is. */
  record Statement(String sql, Parameters parameters) {
    /** A new order. */
    static final Statement INSERT =
        new Statement(
            "INSERT INTO orders (customer_name, product_name, status)"
                + " VALUES (?, 'Laptop', 'pending')",
            (statement, _) -> {});

    /** Sets the parameters behind the first one, which is the stamp. */
    interface Parameters {
      void set(PreparedStatement statement, int number) throws SQLException;
    }
  }

  /**
   * What was written.
   *
   * @param from the first number
   * @param to the one after the last
   * @param answers from before each statement to MySQL's answer, its commit included, in
   *     nanoseconds
   */
  record Written(int from, int to, double seconds, Histogram answers) {
    int changes() {
      return to - from;
    }

    double perSecond() {
      return changes() / seconds;
    }

    /** How long so many percent of the statements did not exceed, in milliseconds. */
    double answerMillis(double percentile) {
      return answers.getValueAtPercentile(percentile) / 1e6;
    }
  }

  private final List<Connection> connections = new ArrayList<>();
  private final ExecutorService threads;
  private int next;

  /**
   * @param writers how many write at the same time
   */
  Writers(Rig rig, int writers) throws SQLException {
    threads = Executors.newFixedThreadPool(writers);
    for (int i = 0; i < writers; i++) {
      connections.add(rig.connect());
    }
  }

  /** The number of the next change. */
  int next() {
    return next;
  }

  /** Writes for so long, and returns when the last commit is answered. */
  Written write(Statement statement, int perSecond, double seconds)
      throws InterruptedException, ExecutionException {
    int from = next;
    next += (int) Math.max(1, perSecond * seconds);
    int to = next;
    AtomicInteger numbers = new AtomicInteger(from);
    Histogram answers = new ConcurrentHistogram(3);
    long began = System.nanoTime();
    List<Future<?>> writing = new ArrayList<>();
    for (Connection connection : connections) {
      writing.add(
          threads.submit(() -> {
            try (PreparedStatement prepared = connection.prepareStatement(statement.sql)) {
              for (int n = numbers.getAndIncrement(); n < to; n = numbers.getAndIncrement()) {
                Pace.await(began + (n - from) * TimeUnit.SECONDS.toNanos(1) / perSecond);
                statement.parameters.set(prepared, n);
                long before = System.nanoTime();
                prepared.setString(1, Stamp.of(n));
                prepared.executeUpdate();
                answers.recordValue(System.nanoTime() - before);
              }
            }
            return null;
          }));
    }
    for (Future<?> each : writing) {
      each.get();
    }
    return new Written(from, to, (System.nanoTime() - began) / 1e9, answers);
  }

  @Override
  public void close() throws SQLException {
    threads.shutdownNow();
    for (Connection connection : connections) {
      connection.close();
    }
  }
}
