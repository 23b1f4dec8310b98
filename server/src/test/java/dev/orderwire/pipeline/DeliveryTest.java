package dev.orderwire.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orderwire.testing.TestDatabase;
import dev.orderwire.testing.TestMysql;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

class DeliveryTest {
  private static final Logger log = LoggerFactory.getLogger(DeliveryTest.class);

  private static final int CHANGES = 200_000;
  private static final int WRITERS = 8;
  private static final int CLIENTS = 20;
  private static final int ORDERS = 2_000;
  private static final int SHARED_ORDER = ORDERS + 1;
  private static final int DEADLOCK = 1213;
  private static final Duration CATCHES_UP_WITHIN = Duration.ofMinutes(3);

  /** Row changes that the writers still have to make. */
  private final AtomicInteger left = new AtomicInteger(CHANGES);

  private final AtomicInteger deadlocks = new AtomicInteger();

  @Test
  void everyCommittedChangeArrivesOnceAtEveryClientInOrderPerRow() throws Exception {
    try (TestDatabase database = TestMysql.database()) {
      database.execute(
          "CREATE TABLE orders (id INT PRIMARY KEY, status VARCHAR(40) NOT NULL)",
          "SET SESSION cte_max_recursion_depth = 100000",
          "INSERT INTO orders WITH RECURSIVE n AS (SELECT 1 AS id UNION ALL SELECT id + 1 FROM n"
              + " WHERE id < "
              + SHARED_ORDER
              + ") SELECT id, 'new' FROM n");
      try (Pipeline pipeline = new Pipeline(database, 20_000, "orders");
          Followers clients = new Followers(CLIENTS, pipeline.uri("ws", "/ws"))) {
        long began = System.nanoTime();
        write(database);
        double seconds = (System.nanoTime() - began) / 1e9;

        BitSet committed = new BitSet();
        for (List<@Nullable String> row : database.query("SELECT id FROM orderwire_change_log")) {
          committed.set(Integer.parseInt(text(row, 0)));
        }
        awaitAll(clients.all(), committed.cardinality());
        log.info(
            "{} changes, {} of them committed, at {} clients; {} written a second, {} deadlocks",
            CHANGES,
            committed.cardinality(),
            CLIENTS,
            Math.round(CHANGES / seconds),
            deadlocks);

        Map<Long, String> table = new HashMap<>();
        for (List<@Nullable String> row : database.query("SELECT id, status FROM orders")) {
          table.put(Long.valueOf(text(row, 0)), text(row, 1));
        }
        assertThat(committed.cardinality()).isBetween(CHANGES / 2, CHANGES * 99 / 100);
        for (OrderFollower client : clients.all()) {
          assertThat(client.failure()).isNull();
          assertThat(client.ids()).isEqualTo(committed);
          assertThat(table).containsAllEntriesOf(client.rows());
        }
      }
    }
  }

  private static String text(List<@Nullable String> row, int column) {
    return Objects.requireNonNull(row.get(column));
  }

  private static void awaitAll(List<OrderFollower> clients, int count) throws InterruptedException {
    long deadline = System.nanoTime() + CATCHES_UP_WITHIN.toNanos();
    for (OrderFollower client : clients) {
      while (client.count() < count && client.failure() == null) {
        assertThat(System.nanoTime())
            .as("%d of %d changes came", client.count(), count)
            .isLessThan(deadline);
        Thread.sleep(20);
      }
    }
  }

  private void write(TestDatabase database) throws Exception {
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> writers = new ArrayList<>();
      for (int writer = 0; writer < WRITERS; writer++) {
        int number = writer;
        writers.add(threads.submit(() -> write(database, number)));
      }
      for (Future<?> writer : writers) {
        writer.get();
      }
    }
  }

  /**
   * Runs transactions of up to 20 statements, on orders of this writer and on one that all writers
   * share. Every tenth is rolled back, and a few are held open for two seconds.
   */
  private @Nullable Void write(TestDatabase database, int writer)
      throws SQLException, InterruptedException {
    SplittableRandom random = new SplittableRandom(writer);
    try (Connection connection = database.connect();
        Statement statement = connection.createStatement()) {
      connection.setAutoCommit(false);
      // Without the gap locks of REPEATABLE READ, deadlocks are few.
      connection.setTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED);
      for (int transaction = 1; left.get() > 0; transaction++) {
        try {
          for (int i = random.nextInt(20); i >= 0; i--) {
            String change = change(writer, random);
            int counted = statement.executeUpdate(change);
            // MySQL counts an ON DUPLICATE KEY UPDATE that updates as two.
            left.addAndGet(-(change.startsWith("INSERT") ? Math.min(1, counted) : counted));
          }
        } catch (SQLException e) {
          if (e.getErrorCode() != DEADLOCK) {
            throw e;
          }
          deadlocks.incrementAndGet();
        }
        if (transaction % 300 == 30 * writer) {
          Thread.sleep(2_000);
        }
        if (random.nextInt(10) == 0) {
          connection.rollback();
        } else {
          connection.commit();
        }
      }
    }
    return null;
  }

  private static String change(int writer, SplittableRandom random) {
    if (random.nextInt(50) == 0) {
      return "UPDATE orders SET status = UUID() WHERE id = " + SHARED_ORDER;
    }
    int order = 1 + WRITERS * random.nextInt(ORDERS / WRITERS) + writer;
    return switch (random.nextInt(10)) {
      case 0 -> "DELETE FROM orders WHERE id = " + order;
      case 1, 2 ->
          "INSERT INTO orders VALUES ("
              + order
              + ", 'again') ON DUPLICATE KEY UPDATE status = UUID()";
      case 3 ->
          "UPDATE orders SET status = UUID() WHERE id > "
              + order
              + " AND id % "
              + WRITERS
              + " = "
              + (writer + 1) % WRITERS
              + " ORDER BY id LIMIT 5";
      default -> "UPDATE orders SET status = UUID() WHERE id = " + order;
    };
  }
}
