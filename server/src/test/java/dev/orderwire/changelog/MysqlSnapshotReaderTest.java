package dev.orderwire.changelog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.orderwire.capture.InstallOptions;
import dev.orderwire.capture.triggers.TriggerCapture;
import dev.orderwire.change.ColumnNames;
import dev.orderwire.change.Key;
import dev.orderwire.change.OrderwireException;
import dev.orderwire.change.Position;
import dev.orderwire.change.Row;
import dev.orderwire.change.Table;
import dev.orderwire.feed.Prefilter;
import dev.orderwire.feed.TableAlteredException;
import dev.orderwire.feed.WatchedTables;
import dev.orderwire.mysql.Mysql;
import dev.orderwire.tail.FollowedOrders;
import dev.orderwire.tail.Tail;
import dev.orderwire.testing.TestDatabase;
import dev.orderwire.testing.TestMysql;
import java.sql.Connection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MysqlSnapshotReaderTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "BIGINT UNSIGNED: 0, 9007199254740992, 9007199254740993, 18446744073709551615",
        "BIGINT: -9223372036854775808, -9007199254740993, -9007199254740992, 0, 7",
        "DECIMAL(30,10): -1.5, 0.0000000001, 0.0000000002, 12345678901234567890.1",
        "VARCHAR(20) COLLATE utf8mb4_0900_ai_ci: '', 'Ä', 'b', 'B1', 'z', 'É', '\\'', '\\\\'",
        "VARCHAR(20) CHARACTER SET latin1: 'a', 'é', 'z'",
        "VARBINARY(20): '', 'a', x'00', x'ff00', x'ff01'",
        "TIMESTAMP(6): '2026-10-25 00:30:00.000001', '2026-10-25 01:30:00.000002', '2027-01-01'",
        "DATETIME(3): '1000-01-01 00:00:00.001', '2026-10-25 00:30:00.002', '9999-12-31'",
        "DATE: '1000-01-01', '2026-02-28', '2026-03-01'",
        "TIME(2): '-838:59:59', '-00:00:00.01', '00:00:00', '10:11:12.13'",
        "ENUM('z','b','a'): 'a', 'b', 'z'",
        "BIT(64): 0, 1, 0x7fffffffffffffff, 0xffffffffffffffff",
        "YEAR: 1901, 2026, 2155",
        "DOUBLE: -1e300, -0.1, 0.1, 0.30000000000000004, 1e300"
      })
  void pagesContinueAfterKeysOfEveryType(String typeAndValues) {
    String type = typeAndValues.substring(0, typeAndValues.indexOf(": "));
    String[] values = typeAndValues.substring(typeAndValues.indexOf(": ") + 2).split(", ", -1);
    try (TestDatabase database = TestMysql.database();
        Mysql mysql = new Mysql(database.options())) {
      database.execute(
          "CREATE TABLE t (k " + type + " NOT NULL, n INT NOT NULL, PRIMARY KEY (k, n))");
      for (String value : values) {
        database.execute(
            "SET time_zone = '+00:00'",
            "INSERT INTO t VALUES (" + value + ", 1), (" + value + ", 2)");
      }
      new TriggerCapture().install(mysql, List.of("t"), InstallOptions.DEFAULT);
      WatchedTables catalog = new WatchedTables(TableVersions.read(mysql, List.of("t")));
      Position known = Tail.end(mysql);
      MysqlSnapshotReader snapshots = new MysqlSnapshotReader(mysql);

      CollectedRows whole = new CollectedRows(Integer.MAX_VALUE);
      snapshots.read(catalog.defaultTable(), Prefilter.ALL, null, known, 1_000, whole);
      CollectedRows paged = new CollectedRows(Integer.MAX_VALUE);
      snapshots.read(catalog.defaultTable(), Prefilter.ALL, null, known, 1, paged);

      assertThat(whole.rows).hasSize(2 * values.length).doesNotHaveDuplicates();
      assertThat(paged.rows).containsExactlyElementsOf(whole.rows);
    }
  }

  /** Online schema change tools copy a table, alter the copy and rename it. */
  @Test
  void aTableReplacedMeanwhileIsReadInFull() {
    try (FollowedOrders orders = new FollowedOrders(TestMysql.database())) {
      orders.database.execute(
          "INSERT INTO orders (customer_name) VALUES ('a'), ('b'), ('c')",
          // Created before the read: MySQL notices by itself if a table is younger than the read.
          "CREATE TABLE orders_copy LIKE orders");
      CollectedRows collected =
          new CollectedRows(Integer.MAX_VALUE) {
            @Override
            public void begin(Position position) {
              super.begin(position);
              replace(orders.database);
            }
          };
      readOrders(orders, null, collected);
      assertThat(collected.rows).hasSize(3);
    }
  }

  /** Replaces the table, or fails because the table is in use. */
  private static void replace(TestDatabase database) {
    database.execute("INSERT INTO orders_copy SELECT * FROM orders");
    try {
      database.execute(
          "SET SESSION lock_wait_timeout = 1",
          "RENAME TABLE orders TO orders_old, orders_copy TO orders");
    } catch (IllegalStateException e) {
      assertThat(e).hasRootCauseMessage("Lock wait timeout exceeded; try restarting transaction");
    }
  }

  private static void readOrders(
      FollowedOrders orders, @Nullable Key after, CollectedRows collected) {
    new MysqlSnapshotReader(orders.mysql)
        .read(
            orders.catalog.defaultTable(),
            Prefilter.ALL,
            after,
            orders.tail.position(),
            1_000,
            collected);
  }

  /** LOCK TABLES locks in the order of names: the change log first, then this table. */
  @Test
  void aDeadlockWithATriggerRepairIsReportedAsAnAlteration() throws Exception {
    try (FollowedOrders orders = new FollowedOrders(TestMysql.database());
        Connection gate = orders.database.connect()) {
      orders.database.execute("CREATE TABLE zoo (id INT PRIMARY KEY)");
      Table zoo =
          new WatchedTables(TableVersions.read(orders.mysql, List.of("zoo"))).defaultTable();
      FollowedOrders.run(gate, "LOCK TABLES orderwire_change_log WRITE");
      FutureTask<Void> snapshot =
          new FutureTask<>(
              () ->
                  new MysqlSnapshotReader(orders.mysql)
                      .read(
                          zoo,
                          Prefilter.ALL,
                          null,
                          orders.tail.position(),
                          10,
                          new CollectedRows(10)),
              null);
      Thread.startVirtualThread(snapshot);
      orders.database.awaitBlocked("SELECT id FROM orderwire_change_log");
      Thread repair =
          Thread.startVirtualThread(
              () -> orders.database.execute("LOCK TABLES orderwire_change_log WRITE, zoo WRITE"));
      orders.database.awaitBlocked("LOCK TABLES");
      FollowedOrders.run(gate, "UNLOCK TABLES");
      assertThatThrownBy(() -> snapshot.get(1, TimeUnit.MINUTES))
          .hasCauseInstanceOf(TableAlteredException.class);
      repair.join();
    }
  }

  @Test
  void aReaderCanStopAndContinueLater() {
    try (FollowedOrders orders = new FollowedOrders(TestMysql.database())) {
      orders.database.execute("INSERT INTO orders (customer_name) VALUES ('a'), ('b'), ('c')");
      CollectedRows first = new CollectedRows(2);
      readOrders(orders, null, first);
      assertThat(first.rows).hasSize(2);

      CollectedRows rest = new CollectedRows(2);
      ColumnNames key = ColumnNames.of(orders.catalog.defaultTable().key());
      readOrders(orders, new Key(first.rows.getLast().only(key, null)), rest);
      assertThat(rest.rows).extracting(row -> row.json("customer_name")).containsExactly("\"c\"");
    }
  }

  @Test
  void aRowTooLargeForOneDocumentIsRefused() {
    try (FollowedOrders orders = new FollowedOrders(TestMysql.database())) {
      String packet = orders.database.query("SELECT @@max_allowed_packet").getFirst().getFirst();
      orders.database.execute(
          "CREATE TABLE texts (id INT PRIMARY KEY, a LONGTEXT, b LONGTEXT)",
          "INSERT INTO texts VALUES (1, 'a', 'b'), (2, REPEAT('a', 40000), REPEAT('b', 40000))");
      Table table =
          new WatchedTables(TableVersions.read(orders.mysql, List.of("texts"))).defaultTable();
      orders.database.execute("SET GLOBAL max_allowed_packet = 65536");
      try (Mysql small = new Mysql(orders.database.options())) {
        CollectedRows collected = new CollectedRows(10);
        assertThatThrownBy(() ->
                new MysqlSnapshotReader(small)
                    .read(table, Prefilter.ALL, null, orders.tail.position(), 10, collected))
            .isInstanceOfSatisfying(
                OrderwireException.class,
                e -> assertThat(e.code().text()).isEqualTo("row_too_large"))
            .hasMessageContaining("max_allowed_packet");
      } finally {
        orders.database.execute("SET GLOBAL max_allowed_packet = " + packet);
      }
    }
  }

  @Test
  void aKeyOfOtherColumnsIsRefused() {
    try (FollowedOrders orders = new FollowedOrders(TestMysql.database())) {
      Key wrong = new Key(Row.of(Map.of("number", "1")));
      assertThatThrownBy(() -> readOrders(orders, wrong, new CollectedRows(10)))
          .isInstanceOfSatisfying(
              OrderwireException.class, e -> assertThat(e.code().text()).isEqualTo("bad_key"))
          .hasMessageContaining("[id]");
    }
  }
}
