package dev.orderwire.changelog;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orderwire.change.Change;
import dev.orderwire.change.Ids;
import dev.orderwire.change.Position;
import dev.orderwire.change.Row;
import dev.orderwire.change.Table;
import dev.orderwire.feed.Backlog;
import dev.orderwire.feed.Prefilter;
import dev.orderwire.feed.SnapshotReader;
import dev.orderwire.tail.FollowedOrders;
import dev.orderwire.testing.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransactionRollbackException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/** Snapshots that are read while three writers change the table. */
public final class SnapshotsUnderWrite {
  private SnapshotsUnderWrite() {}

  /**
   * Reads snapshots for as long as the writers write, and checks that the changes after the
   * position of each one complete it.
   *
   * @param reader of the snapshots
   * @return how many were read
   */
  public static int check(FollowedOrders orders, SnapshotReader reader) throws Exception {
    Table table = orders.catalog.defaultTable();
    List<CollectedRows> snapshots = new ArrayList<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> writers = new ArrayList<>();
      for (int writer = 0; writer < 3; writer++) {
        long seed = writer;
        writers.add(threads.submit(() -> write(orders.database, seed)));
      }
      while (!writers.stream().allMatch(Future::isDone)) {
        CollectedRows snapshot = new CollectedRows(Integer.MAX_VALUE);
        reader.read(table, Prefilter.ALL, null, orders.tail.position(), 50, snapshot);
        snapshots.add(snapshot);
      }
      for (Future<?> writer : writers) {
        writer.get();
      }
    }
    List<Row> finalRows = all(new MysqlSnapshotReader(orders.mysql), orders, table);
    Position end = orders.tail.position().with(visible(orders));
    MysqlBacklog backlog = new MysqlBacklog(orders.mysql, orders.catalog);
    for (CollectedRows snapshot : snapshots) {
      var missed =
          (Backlog.Page.Changes)
              backlog.page(end.since(snapshot.position()), "orders", 0, 100_000, 1L << 40);
      assertThat(applied(snapshot.rows, missed.changes())).containsExactlyElementsOf(finalRows);
    }
    return snapshots.size();
  }

  private static Ids visible(FollowedOrders orders) {
    List<List<@Nullable String>> ids =
        orders.database.query("SELECT id FROM orderwire_change_log ORDER BY id");
    return Ids.of(
        ids.stream()
            .mapToLong(id -> Long.parseLong(Objects.requireNonNull(id.getFirst())))
            .toArray());
  }

  private static List<Row> all(SnapshotReader reader, FollowedOrders orders, Table table) {
    CollectedRows snapshot = new CollectedRows(Integer.MAX_VALUE);
    reader.read(table, Prefilter.ALL, null, orders.tail.position(), 10_000, snapshot);
    return snapshot.rows;
  }

  private static List<Row> applied(List<Row> rows, List<Change> changes) {
    Map<Long, Row> state = new TreeMap<>();
    rows.forEach(row -> state.put(id(row), row));
    for (Change change : changes) {
      if (change.after() == null) {
        assertThat(state.remove(id(change.key().columns()))).isEqualTo(change.before());
      } else {
        assertThat(state.put(id(change.after()), change.after())).isEqualTo(change.before());
      }
    }
    return List.copyOf(state.values());
  }

  private static long id(Row row) {
    return Long.parseLong(Objects.requireNonNull(row.json("id")));
  }

  private static void write(TestDatabase database, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    try (Connection connection = database.connect()) {
      connection.setAutoCommit(false);
      for (int transaction = 0; transaction < 150; transaction++) {
        try {
          write(connection, "w" + seed + "-", transaction, random);
        } catch (SQLTransactionRollbackException e) {
          // A deadlock with another writer: MySQL has rolled the transaction back.
          connection.rollback();
        }
      }
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void write(
      Connection connection, String prefix, int transaction, SplittableRandom random)
      throws SQLException {
    for (int i = random.nextInt(5); i >= 0; i--) {
      FollowedOrders.insert(connection, prefix + transaction + "-" + i);
    }
    String own = " WHERE customer_name LIKE '" + prefix + "%' ORDER BY id";
    FollowedOrders.run(connection, "UPDATE orders SET amount = amount + 1" + own + " DESC LIMIT 2");
    if (random.nextInt(4) == 0) {
      FollowedOrders.run(connection, "DELETE FROM orders" + own + " LIMIT 1");
    }
    if (random.nextInt(5) == 0) {
      connection.rollback();
    } else {
      connection.commit();
    }
  }
}
