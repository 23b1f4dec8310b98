package dev.orderwire.changelog;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orderwire.change.Change;
import dev.orderwire.change.Ids;
import dev.orderwire.change.Position;
import dev.orderwire.change.Row;
import dev.orderwire.change.Table;
import dev.orderwire.feed.Backlog;
import dev.orderwire.feed.Prefilter;
import dev.orderwire.tail.FollowedOrders;
import dev.orderwire.testing.TestDatabase;
import dev.orderwire.testing.TestMysql;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** A snapshot and its position belong together, whatever is written meanwhile. */
class SnapshotPositionTest {
  @Test
  void theChangesAfterAPositionCompleteItsSnapshot() throws Exception {
    try (FollowedOrders orders = new FollowedOrders(TestMysql.database())) {
      MysqlSnapshotReader reader = new MysqlSnapshotReader(orders.mysql);
      Table table = orders.catalog.defaultTable();
      List<Thread> writers = new ArrayList<>();
      for (int writer = 0; writer < 3; writer++) {
        long seed = writer;
        writers.add(Thread.ofVirtual().start(() -> write(orders.database, seed)));
      }
      List<CollectedRows> snapshots = new ArrayList<>();
      while (writers.stream().anyMatch(Thread::isAlive)) {
        CollectedRows snapshot = new CollectedRows(Integer.MAX_VALUE);
        reader.read(table, Prefilter.ALL, null, orders.tail.position(), 50, snapshot);
        snapshots.add(snapshot);
      }
      for (Thread writer : writers) {
        writer.join();
      }
      List<Row> finalRows = all(reader, orders, table);
      Position end = orders.tail.position().with(visible(orders));
      MysqlBacklog backlog = new MysqlBacklog(orders.mysql, orders.catalog);
      assertThat(snapshots).hasSizeGreaterThan(10);
      for (CollectedRows snapshot : snapshots) {
        var missed =
            (Backlog.Page.Changes)
                backlog.page(end.since(snapshot.position()), "orders", 0, 100_000, 1L << 40);
        assertThat(applied(snapshot.rows, missed.changes())).containsExactlyElementsOf(finalRows);
      }
    }
  }

  private static Ids visible(FollowedOrders orders) {
    List<List<@Nullable String>> ids =
        orders.database.query("SELECT id FROM orderwire_change_log ORDER BY id");
    return Ids.of(
        ids.stream()
            .mapToLong(id -> Long.parseLong(Objects.requireNonNull(id.getFirst())))
            .toArray());
  }

  private static List<Row> all(MysqlSnapshotReader reader, FollowedOrders orders, Table table) {
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
        for (int i = random.nextInt(5); i >= 0; i--) {
          FollowedOrders.insert(connection, "w" + seed + "-" + transaction + "-" + i);
        }
        FollowedOrders.run(
            connection,
            "UPDATE orders SET amount = amount + 1 WHERE customer_name LIKE 'w"
                + seed
                + "-%' ORDER BY id DESC LIMIT 2");
        if (random.nextInt(4) == 0) {
          FollowedOrders.run(
              connection,
              "DELETE FROM orders WHERE customer_name LIKE 'w" + seed + "-%' ORDER BY id LIMIT 1");
        }
        if (random.nextInt(5) == 0) {
          connection.rollback();
        } else {
          connection.commit();
        }
      }
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }
}
