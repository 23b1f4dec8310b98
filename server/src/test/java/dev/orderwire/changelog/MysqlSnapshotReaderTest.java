package dev.orderwire.changelog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.orderwire.capture.InstallOptions;
import dev.orderwire.capture.triggers.TriggerCapture;
import dev.orderwire.change.Column;
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
import dev.orderwire.mysql.MysqlOptions;
import dev.orderwire.tail.FollowedOrders;
import dev.orderwire.tail.Tail;
import dev.orderwire.testing.StallingProxy;
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
        "TIMESTAMP(6): '0000-00-00', '2026-10-25 00:30:00.000001', '2026-10-25 01:30:00.000002', '2027-01-01'",
        "DATETIME(3): '0000-00-00', '2023-02-31 10:00:00.5', '1000-01-01 00:00:00.001', '2026-10-25 00:30:00.002', '9999-12-31'",
        "DATE: '0000-00-00', '1000-01-01', '2020-02-00', '2023-02-31', '2026-02-28'",
        "TIME(2): '-838:59:59', '-00:00:00.01', '00:00:00', '10:11:12.13'",
        "ENUM('z','b','a'): 0, 'a', 'b', 'z'",
        "SET('z','b','a'): '', 'a', 'z,a', 'z,b,a'",
        "BIT(64): 0, 1, 0x7fffffffffffffff, 0xffffffffffffffff",
        "YEAR: 0000, 1901, 2026, 2155",
        "DOUBLE: -1e300, -0.1, -0e0, 5e-324, 0.1, 0.30000000000000004, 1e300",
        "FLOAT: -1e38, -0.1, 0, 1e-45, 0.1, 1.1, 16777217, 1e38",
        "DECIMAL(5,2) UNSIGNED ZEROFILL: 0, 1.5, 999.99",
        "CHAR(5): '', 'a', 'b'",
        // Texts that differ beyond the first 1,024 bytes, as far as max_sort_length goes.
        "VARCHAR(700): REPEAT('x',699), CONCAT(REPEAT('x',600),'b'), CONCAT(REPEAT('x',600),'a')"
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
            "SET time_zone = '+00:00', sql_mode = 'ALLOW_INVALID_DATES'",
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

  /** MySQL turns the text of such a date into NULL, unless the SQL mode allows the date. */
  @Test
  void pagesContinueAfterImpossibleDates() {
    try (FollowedOrders orders = new FollowedOrders(TestMysql.database())) {
      orders.database.execute(
          "CREATE TABLE days (day DATE, n INT, PRIMARY KEY (day, n))",
          "SET sql_mode = 'ALLOW_INVALID_DATES', cte_max_recursion_depth = 3000",
          "INSERT INTO days WITH RECURSIVE numbers AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM"
              + " numbers WHERE n < 3000) SELECT '2023-02-31', n FROM numbers");
      assertThat(SnapshotOfTable.read(orders.mysql, table(orders, "days")))
          .hasSize(3_000)
          .doesNotHaveDuplicates();
    }
  }

  private static Table table(FollowedOrders orders, String name) {
    return new WatchedTables(TableVersions.read(orders.mysql, List.of(name))).defaultTable();
  }

  /** Otherwise the snapshot would end here as if the table had no more rows. */
  @Test
  void aPageThatDoesNotContinueIsAnError() {
    try (FollowedOrders orders = new FollowedOrders(TestMysql.database())) {
      orders.database.execute(
          "CREATE TABLE odd (k VARCHAR(20) PRIMARY KEY)",
          "INSERT INTO odd VALUES ('a'), ('b'), ('c')");
      // MySQL reads none of these keys as a date, as if it had made a mistake with a real one.
      Table mistaken = new Table("odd", List.of(new Column("k", "date", "date")), List.of("k"));
      CollectedRows collected = new CollectedRows(10);
      assertThatThrownBy(() ->
              new MysqlSnapshotReader(orders.mysql)
                  .read(mistaken, Prefilter.ALL, null, orders.tail.position(), 1, collected))
          .isInstanceOfSatisfying(
              OrderwireException.class,
              e -> assertThat(e.code().text()).isEqualTo("unreadable_row"))
          .hasMessageContaining("odd")
          .hasMessageContaining("\"a\"");
    }
  }

  @Test
  void aKeyThatMysqlReadsAsNullIsRefused() {
    try (FollowedOrders orders = new FollowedOrders(TestMysql.database())) {
      orders.database.execute("CREATE TABLE days (day DATE PRIMARY KEY)");
      Key wrong = new Key(Row.of(Map.of("day", "\"2023-02-32\"")));
      assertThatThrownBy(() ->
              new MysqlSnapshotReader(orders.mysql)
                  .read(
                      table(orders, "days"),
                      Prefilter.ALL,
                      wrong,
                      orders.tail.position(),
                      1,
                      new CollectedRows(10)))
          .isInstanceOfSatisfying(
              OrderwireException.class, e -> assertThat(e.code().text()).isEqualTo("bad_key"))
          .hasMessageContaining("2023-02-32");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"a * b", "JSON_EXTRACT(doc, path)", "EXP(a)"})
  void aRowWithAValueThatMysqlCannotComputeIsNamed(String expression) {
    try (FollowedOrders orders = new FollowedOrders(TestMysql.database())) {
      orders.database.execute(
          "CREATE TABLE sums (id INT PRIMARY KEY, a BIGINT, b BIGINT, doc JSON, path TEXT)",
          "INSERT INTO sums VALUES (1, 2, 3, '{}', '$.a'), (2, 2, 3, '{}', '$.a'),"
              + " (3, 1 << 62, 1 << 62, '{}', '('), (4, 2, 3, '{}', '$.a')",
          "ALTER TABLE sums ADD value VARCHAR(100) AS (" + expression + ") VIRTUAL");
      for (int pageRows : new int[] {1, 2, 1_000}) {
        CollectedRows collected = new CollectedRows(10);
        assertThatThrownBy(() ->
                new MysqlSnapshotReader(orders.mysql)
                    .read(
                        table(orders, "sums"),
                        Prefilter.ALL,
                        null,
                        orders.tail.position(),
                        pageRows,
                        collected))
            .isInstanceOfSatisfying(
                OrderwireException.class,
                e -> assertThat(e.code().text()).isEqualTo("unreadable_row"))
            .hasMessageContaining("row id = 3 of table \"sums\"");
      }
    }
  }

  /** As tools do that end long queries. */
  @Test
  void aQueryThatIsKilledIsNotAnOutage() {
    try (FollowedOrders orders = new FollowedOrders(TestMysql.database())) {
      createLargeTable(orders.database);
      CollectedRows collected =
          new CollectedRows(Integer.MAX_VALUE) {
            @Override
            public boolean row(Row row) {
              if (rows.isEmpty()) {
                killQueryOf(orders.database, "large");
              }
              return super.row(row);
            }
          };
      assertThatThrownBy(() ->
              new MysqlSnapshotReader(orders.mysql)
                  .read(
                      table(orders, "large"),
                      Prefilter.ALL,
                      null,
                      orders.tail.position(),
                      20_000,
                      collected))
          .isInstanceOfSatisfying(
              OrderwireException.class, e -> assertThat(e.code().text()).isEqualTo("query_ended"));
    }
  }

  /** The driver's error then has neither a number nor an SQLSTATE of connections. */
  @Test
  void aConnectionThatBreaksInTheMiddleOfAPageIsAnOutageAndNotUsedAgain() {
    try (FollowedOrders orders = new FollowedOrders(TestMysql.database());
        StallingProxy network = new StallingProxy(orders.database.options().port());
        Mysql mysql = through(network, orders.database.options())) {
      createLargeTable(orders.database);
      Runnable cut = network::close;
      CollectedRows collected =
          new CollectedRows(Integer.MAX_VALUE) {
            @Override
            public boolean row(Row row) {
              if (rows.isEmpty()) {
                cut.run();
              }
              return super.row(row);
            }
          };
      for (int i = 0; i < 2; i++) {
        // The second time, the pool has no connection: it has dropped the broken one.
        assertThatThrownBy(() ->
                new MysqlSnapshotReader(mysql)
                    .read(
                        table(orders, "large"),
                        Prefilter.ALL,
                        null,
                        orders.tail.position(),
                        20_000,
                        collected))
            .isInstanceOfSatisfying(
                OrderwireException.class,
                e -> assertThat(e.code().text()).isEqualTo("mysql_unavailable"));
      }
    }
  }

  private static Mysql through(StallingProxy network, MysqlOptions options) {
    return new Mysql(
        new MysqlOptions(
            options.host(),
            network.port(),
            options.user(),
            options.password(),
            options.database(),
            1,
            options.properties()));
  }

  /** More than the buffers between MySQL and the reader hold. */
  private static void createLargeTable(TestDatabase database) {
    database.execute(
        "CREATE TABLE large (id INT PRIMARY KEY, text LONGTEXT)",
        "SET cte_max_recursion_depth = 20000",
        "INSERT INTO large WITH RECURSIVE numbers AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM"
            + " numbers WHERE n < 20000) SELECT n, REPEAT('x', 2000) FROM numbers");
  }

  private static void killQueryOf(TestDatabase database, String table) {
    String id =
        database
            .query(
                "SELECT id FROM information_schema.processlist WHERE db = DATABASE()"
                    + " AND info LIKE 'SELECT JSON_OBJECT%"
                    + table
                    + "%'")
            .getFirst()
            .getFirst();
    database.execute("KILL QUERY " + id);
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
            .hasMessageContaining("row id = 2 of table")
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
