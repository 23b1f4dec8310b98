package dev.orderwire.upkeep;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orderwire.capture.InstallOptions;
import dev.orderwire.capture.InstallSession;
import dev.orderwire.capture.triggers.TriggerCapture;
import dev.orderwire.change.Change;
import dev.orderwire.change.Ids;
import dev.orderwire.change.Position;
import dev.orderwire.change.Table;
import dev.orderwire.changelog.OpenMarkers;
import dev.orderwire.changelog.TableVersions;
import dev.orderwire.feed.TableVersion;
import dev.orderwire.mysql.Mysql;
import dev.orderwire.tail.FollowedOrders;
import dev.orderwire.tail.Tail;
import dev.orderwire.tail.doorbell.Doorbell;
import dev.orderwire.testing.Await;
import dev.orderwire.testing.InOneSession;
import dev.orderwire.testing.Recorder;
import dev.orderwire.testing.TestMysql;
import dev.orderwire.testing.TestUser;
import java.sql.Connection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Changes of tables, triggers and the change log while a server runs. */
class ReconcilerTest {
  private static final List<String> TABLES = List.of("orders");
  private static final String TRIGGER_NAMES =
      "SELECT trigger_name FROM information_schema.triggers"
          + " WHERE trigger_schema = DATABASE() ORDER BY 1";

  private FollowedOrders orders;
  private Reconciler reconciler;
  private int resets;

  @BeforeEach
  void start() {
    orders = FollowedOrders.withDoorbell(TestMysql.database(), this::doorbell);
    reconciler =
        new Reconciler(
            orders.mysql, new TriggerCapture(), TABLES, InstallOptions.DEFAULT, true, orders.tail);
    reconciler.start();
  }

  Doorbell doorbell(Mysql mysql) {
    return Doorbell.NONE;
  }

  @AfterEach
  void end() {
    reconciler.close();
    orders.close();
  }

  private void execute(String... sql) {
    resets = resets();
    orders.database.execute(sql);
  }

  private int resets() {
    return (int)
        orders.recorder.moments().stream()
            .filter(moment -> moment.reset().contains("orders"))
            .count();
  }

  /** Waits for a reset that comes after the newest {@link #execute}. */
  private void awaitReset() throws InterruptedException {
    awaitReset(_ -> true);
  }

  /** Waits for a reset after which the table has a shape, and fitting triggers. */
  private void awaitReset(Predicate<Table> shape) throws InterruptedException {
    orders.recorder.awaitMoments("a reset", _ -> resets() > resets && shape.test(table()));
    Await.until("triggers that fit", this::isInstalled);
  }

  private boolean isInstalled() {
    return InOneSession.printInstall(orders.mysql, TABLES, InstallOptions.DEFAULT).isEmpty();
  }

  /** Waits until each server has ended a check that found nothing to do. */
  private void awaitIdle() {
    // The first probe may have begun before, the second begins its check after, and the third
    // shows that this check has ended.
    long enough = probes("MAX") + 3;
    Await.until("three more probes", () -> probes("MIN") >= enough);
  }

  /** The probes of the server that has run most or fewest. */
  private long probes(String aggregate) {
    String executed =
        "SELECT COALESCE("
            + aggregate
            + "(count_execute), 0)"
            + " FROM performance_schema.prepared_statements_instances"
            + " JOIN performance_schema.threads ON thread_id = owner_thread_id"
            + " WHERE processlist_db = DATABASE() AND sql_text LIKE '%COALESCE(MAX(id), 0)%'";
    return Long.parseLong(String.valueOf(orders.database.query(executed).getFirst().getFirst()));
  }

  private Table table() {
    return orders.catalog.table("orders").orElseThrow();
  }

  /** Executes an INSERT and returns its change. */
  private Change nextInsert(String sql) throws InterruptedException {
    long newest =
        Long.parseLong(
            String.valueOf(
                orders
                    .database
                    .query("SELECT COALESCE(MAX(id), 0) FROM orderwire_change_log")
                    .getFirst()
                    .getFirst()));
    orders.database.execute(sql);
    orders.recorder.await("change", changes -> changes.stream().anyMatch(c -> c.id() > newest));
    return orders.recorder.changes().stream()
        .filter(c -> c.id() > newest)
        .findFirst()
        .orElseThrow();
  }

  private static String after(Change change, String column) {
    return String.valueOf(Objects.requireNonNull(change.after()).json(column));
  }

  @Test
  void aNewColumnIsInTheChangesAfterTheReset() throws InterruptedException {
    execute("ALTER TABLE orders ADD COLUMN priority INT DEFAULT 7");
    awaitReset(table -> table.column("priority").isPresent());
    assertThat(table().columnNames()).endsWith("amount", "priority");
    Position nothing = new Position(orders.tail.position().epoch(), 0, Ids.NONE);
    assertThat(orders.catalog.isVoid(table(), nothing)).isTrue();
    Change change = nextInsert("INSERT INTO orders (customer_name) VALUES ('Ann')");
    assertThat(after(change, "priority")).isEqualTo("7");
    assertThat(orders.database.query(TRIGGER_NAMES))
        .extracting(List::getFirst)
        .containsExactly(
            "orderwire_orders_delete", "orderwire_orders_insert", "orderwire_orders_update");
    assertThat(reconciler.problem()).isEmpty();
  }

  @Test
  void aSchemaChangeKeptFromTheBinlogIsSeen() throws InterruptedException {
    execute("SET SESSION sql_log_bin = 0", "ALTER TABLE orders ADD COLUMN priority INT");
    awaitReset(table -> table.column("priority").isPresent());
  }

  @Test
  void aDroppedColumnFailsNoWriteAndChangesAreCompleteAfterTheReset() throws InterruptedException {
    execute(
        "ALTER TABLE orders DROP COLUMN status",
        "INSERT INTO orders (customer_name) VALUES ('at once')");
    awaitReset(table -> table.column("status").isEmpty());
    Change change = nextInsert("INSERT INTO orders (customer_name) VALUES ('Ann')");
    assertThat(after(change, "customer_name")).isEqualTo("\"Ann\"");
  }

  @Test
  void aRenamedOrRetypedColumnIsInTheReset() throws InterruptedException {
    execute("ALTER TABLE orders RENAME COLUMN status TO state");
    awaitReset(table -> table.column("state").isPresent());
    assertThat(table().columnNames()).doesNotContain("status");
    execute("ALTER TABLE orders MODIFY COLUMN amount INT NOT NULL DEFAULT 5");
    awaitReset(table -> table.column("amount").orElseThrow().type().equals("int"));
    Change change = nextInsert("INSERT INTO orders (customer_name) VALUES ('Ann')");
    assertThat(after(change, "amount")).isEqualTo("5");
  }

  /** Otherwise a client that resumes there would see new columns without a reset. */
  @Test
  void aServerThatStartsBeforeTheResetRowUsesTheOldColumns() throws InterruptedException {
    reconciler.close();
    execute("ALTER TABLE orders ADD COLUMN priority INT DEFAULT 7");
    assertThat(TableVersions.read(orders.mysql, TABLES).getFirst().table().column("priority"))
        .isEmpty();
    new TriggerCapture().install(orders.mysql, TABLES, InstallOptions.DEFAULT);
    TableVersion after = TableVersions.read(orders.mysql, TABLES).getFirst();
    assertThat(after.table().column("priority")).isPresent();
    assertThat(after.resetId()).isPositive();
  }

  @Test
  void aNewTypeThatNeedsNoNewTriggerIsInTheReset() throws InterruptedException {
    execute("ALTER TABLE orders MODIFY COLUMN customer_name VARCHAR(120) NOT NULL");
    awaitReset(table -> table.column("customer_name").orElseThrow().type().equals("varchar(120)"));
  }

  @Test
  void aNewPrimaryKeyIsInTheReset() throws InterruptedException {
    execute(
        "ALTER TABLE orders MODIFY id INT UNSIGNED NOT NULL, DROP PRIMARY KEY,"
            + " ADD PRIMARY KEY (customer_name, id)");
    awaitReset(table -> table.key().equals(List.of("customer_name", "id")));
    Change change = nextInsert("INSERT INTO orders (id, customer_name) VALUES (5, 'Ann')");
    assertThat(change.key().columns().cells()).containsOnlyKeys("customer_name", "id");
  }

  @Test
  void aCopyThatTakesTheTablesNameIsFollowed() throws InterruptedException {
    execute(
        "CREATE TABLE _orders_new LIKE orders",
        "ALTER TABLE _orders_new ADD COLUMN more INT DEFAULT 3",
        "INSERT INTO _orders_new (customer_name) VALUES ('copied')",
        "RENAME TABLE orders TO _orders_old, _orders_new TO orders");
    awaitReset(table -> table.columnNames().contains("more"));
    int before = orders.recorder.changes().size();
    orders.database.execute("INSERT INTO _orders_old (customer_name) VALUES ('nobody sees')");
    Change change = nextInsert("INSERT INTO orders (customer_name) VALUES ('Ann')");
    assertThat(after(change, "more")).isEqualTo("3");
    assertThat(orders.database.query(TRIGGER_NAMES))
        .extracting(List::getFirst)
        .containsExactly(
            "orderwire_orders_delete", "orderwire_orders_insert", "orderwire_orders_update");
    assertThat(orders.recorder.changes()).hasSize(before + 1);
    orders.database.execute("DROP TABLE _orders_old");
  }

  @Test
  void aMissingTableIsReportedAndFollowedAgainOnceItIsBack() throws InterruptedException {
    execute("RENAME TABLE orders TO away");
    // A check during the renaming may report something else at first.
    Await.until(
        "a problem",
        () -> reconciler.problem().filter(it -> it.contains("no table orders")).isPresent());
    execute("RENAME TABLE away TO orders");
    Await.until("no problem", () -> reconciler.problem().isEmpty());
    nextInsert("INSERT INTO orders (customer_name) VALUES ('Ann')");
    execute("DROP TABLE orders", "CREATE TABLE orders (number INT PRIMARY KEY)");
    awaitReset(table -> table.key().equals(List.of("number")));
    assertThat(after(nextInsert("INSERT INTO orders VALUES (5)"), "number")).isEqualTo("5");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ALTER TABLE orders ADD INDEX by_status (status)",
        "CREATE INDEX by_status ON orders (status)",
        "ALTER TABLE orders ALTER COLUMN status SET DEFAULT 'new'",
        "ALTER TABLE orders COMMENT 'what people bought'",
        "ALTER TABLE orders AUTO_INCREMENT = 500"
      })
  void aStatementThatChangesNoValueResetsNothing(String sql) {
    awaitIdle();
    execute(sql);
    awaitIdle();
    assertThat(resets()).isEqualTo(resets);
  }

  /** Two statements may have added a cascading foreign key, and dropped it again. */
  @Test
  void aTableThatMayHaveBeenAlteredTwiceIsReset() throws InterruptedException {
    awaitIdle();
    Await.until(
        "another creation time",
        () ->
            !orders
                .database
                .query(
                    "SELECT 1 FROM information_schema.tables WHERE table_schema = DATABASE()"
                        + " AND table_name = 'orders' AND create_time < NOW()")
                .isEmpty());
    execute(
        "LOCK TABLES orders WRITE",
        "ALTER TABLE orders ADD INDEX by_status (status)",
        "ALTER TABLE orders DROP INDEX by_status");
    awaitReset();
  }

  @Test
  void aTruncatedTableIsReset() throws InterruptedException {
    nextInsert("INSERT INTO orders (customer_name) VALUES ('Ann')");
    execute("TRUNCATE TABLE orders");
    awaitReset();
  }

  /** MySQL counts a TRUNCATE when it begins to wait, not when it is done. */
  @Test
  void aTableIsResetAfterATruncateThatHadToWait() throws Exception {
    nextInsert("INSERT INTO orders (customer_name) VALUES ('Ann')");
    try (Connection holder = orders.database.connect()) {
      holder.setAutoCommit(false);
      FollowedOrders.run(holder, "SELECT id FROM orders");
      resets = resets();
      Thread truncate =
          Thread.startVirtualThread(() -> orders.database.execute("TRUNCATE TABLE orders"));
      orders.database.awaitBlocked("TRUNCATE");
      // Long enough for a check that finds nothing yet.
      Thread.sleep(2_000);
      holder.commit();
      truncate.join();
    }
    awaitReset();
  }

  @Test
  void withoutProcessATableIsResetWhenItMayHaveBeenTruncated() throws Exception {
    reconciler.close();
    orders.database.execute("CREATE TABLE other (id INT)");
    nextInsert("INSERT INTO orders (customer_name) VALUES ('Ann')");
    try (TestUser user = TestUser.create(orders.database, "GRANT ALL ON * TO %s");
        Mysql few = new Mysql(user.options());
        Reconciler own =
            new Reconciler(
                few, new TriggerCapture(), TABLES, InstallOptions.DEFAULT, true, orders.tail)) {
      own.start();
      // The first check is over once the trigger is repaired.
      execute("DROP TRIGGER orderwire_orders_insert");
      awaitReset();
      execute("FLUSH TABLES orders");
      Thread.sleep(1_000);
      orders.database.execute("TRUNCATE TABLE other");
      Thread.sleep(1_000);
      assertThat(resets()).isEqualTo(resets);
      execute("TRUNCATE TABLE orders");
      awaitReset();
    }
  }

  @Test
  void aDroppedOrAlteredTriggerIsRepaired() throws InterruptedException {
    execute(
        "DROP TRIGGER orderwire_orders_insert",
        "INSERT INTO orders (customer_name) VALUES ('unseen')");
    awaitReset();
    nextInsert("INSERT INTO orders (customer_name) VALUES ('Ann')");
    String create =
        Objects.requireNonNull(
            orders.database.query("SHOW CREATE TRIGGER orderwire_orders_insert").getFirst().get(2));
    execute("DROP TRIGGER orderwire_orders_insert", create.replace("NEW.`status`", "'x'"));
    awaitReset();
    Change change = nextInsert("INSERT INTO orders (customer_name) VALUES ('Bob')");
    assertThat(after(change, "status")).isEqualTo("\"pending\"");
  }

  @Test
  void aRowTooLargeToLogResetsItsTable() throws InterruptedException {
    execute("ALTER TABLE orders ADD COLUMN a LONGTEXT, ADD COLUMN b LONGTEXT");
    awaitReset();
    String before = orders.database.query("SELECT @@max_allowed_packet").getFirst().getFirst();
    orders.database.execute("SET GLOBAL max_allowed_packet = 1048576");
    try {
      execute(
          "INSERT INTO orders (customer_name, a, b)"
              + " VALUES ('Ann', REPEAT('a', 700000), REPEAT('b', 700000))");
      awaitReset();
    } finally {
      orders.database.execute("SET GLOBAL max_allowed_packet = " + before);
    }
  }

  /** Without the change that the marker stands for, they would make states that never existed. */
  @Test
  void changesAfterAMarkerAreNotDeliveredBeforeTheReset() throws InterruptedException {
    execute(
        "INSERT INTO orderwire_change_log (table_name, op, row_key, actor)"
            + " VALUES ('orders', 'update', '{\"id\": 1}', 'somebody'), ('other', 'update', NULL, 'x')",
        "INSERT INTO orders (customer_name) VALUES ('between')");
    awaitReset();
    nextInsert("INSERT INTO orders (customer_name) VALUES ('after')");
    List<String> before = new ArrayList<>();
    for (Recorder.Moment moment : orders.recorder.moments()) {
      if (moment.reset().contains("orders")) {
        break;
      }
      moment.changes().forEach(change -> before.add(FollowedOrders.customer(change)));
    }
    assertThat(before).doesNotContain("between");
    assertThat(orders.customers()).contains("after");
  }

  @Test
  void aMarkerIsWrittenBeforeAMissingTriggerIsCreated() throws InterruptedException {
    execute("DROP TRIGGER orderwire_orders_update");
    awaitReset();
    assertThat(
            orders.database.query(
                "SELECT row_after IS NULL FROM orderwire_change_log"
                    + " WHERE row_key IS NULL ORDER BY id"))
        .containsExactly(List.of("1"), List.of("0"));
  }

  @Test
  void aMarkerLeftByADeadServerResetsItsTable() throws InterruptedException {
    reconciler.close();
    orders.tail.close();
    orders.database.execute(
        "INSERT INTO orderwire_change_log (table_name, op, row_key, actor)"
            + " VALUES ('orders', 'insert', '{\"id\": 1}', 'somebody')");
    Recorder recorder = new Recorder();
    try (Tail tail =
            new Tail(
                orders.mysql,
                OpenMarkers.of(orders.mysql, orders.versions),
                Tail.end(orders.mysql),
                recorder,
                Doorbell.NONE);
        Reconciler next =
            new Reconciler(
                orders.mysql, new TriggerCapture(), TABLES, InstallOptions.DEFAULT, true, tail)) {
      tail.start();
      next.start();
      recorder.awaitMoments(
          "a reset",
          moments -> moments.stream().anyMatch(moment -> moment.reset().contains("orders")));
    }
  }

  @Test
  void aDroppedChangeLogIsCreatedAgainWithANewEpoch() throws InterruptedException {
    nextInsert("INSERT INTO orders (customer_name) VALUES ('Ann')");
    String epoch = orders.tail.position().epoch();
    execute(
        "DROP TABLE orderwire_change_log",
        "INSERT INTO orders (customer_name) VALUES ('unlogged')");
    Await.until("restart", () -> !orders.recorder.restarts().isEmpty());
    Await.until("triggers that fit", this::isInstalled);
    assertThat(orders.tail.position().epoch()).isNotEqualTo(epoch);
    nextInsert("INSERT INTO orders (customer_name) VALUES ('Bob')");
  }

  @Test
  void aTruncatedChangeLogGetsANewEpoch() throws InterruptedException {
    nextInsert("INSERT INTO orders (customer_name) VALUES ('Ann')");
    String epoch = orders.tail.position().epoch();
    execute("TRUNCATE TABLE orderwire_change_log");
    Await.until("restart", () -> !orders.recorder.restarts().isEmpty());
    assertThat(orders.recorder.restarts().getFirst().epoch()).isNotEqualTo(epoch);
    nextInsert("INSERT INTO orders (customer_name) VALUES ('Bob')");
  }

  @Test
  void aChangeLogThatLostItsNewestRowsGetsANewEpoch() throws InterruptedException {
    nextInsert("INSERT INTO orders (customer_name) VALUES ('Ann')");
    Change lost = nextInsert("INSERT INTO orders (customer_name) VALUES ('Bob')");
    String epoch = orders.tail.position().epoch();
    // As after a crash of a MySQL that does not flush each commit to disk.
    execute("DELETE FROM orderwire_change_log WHERE id = " + lost.id());
    Await.until("restart", () -> !orders.recorder.restarts().isEmpty());
    assertThat(orders.tail.position().epoch()).isNotEqualTo(epoch);
  }

  @Test
  void aTableInUseDelaysNoOther() throws Exception {
    reconciler.close();
    orders.database.execute("CREATE TABLE busy (id INT PRIMARY KEY)");
    List<String> both = List.of("busy", "orders");
    new TriggerCapture().install(orders.mysql, both, InstallOptions.DEFAULT);
    try (Connection holder = orders.database.connect();
        Reconciler ofBoth =
            new Reconciler(
                orders.mysql,
                new TriggerCapture(),
                both,
                InstallOptions.DEFAULT,
                true,
                orders.tail)) {
      holder.setAutoCommit(false);
      execute("DROP TRIGGER orderwire_busy_insert", "DROP TRIGGER orderwire_orders_insert");
      FollowedOrders.run(holder, "INSERT INTO busy VALUES (1)");
      ofBoth.start();
      awaitReset();
      Await.until("a problem", () -> ofBoth.problem().isPresent());
      assertThat(ofBoth.problem().orElseThrow()).contains("in use");
      nextInsert("INSERT INTO orders (customer_name) VALUES ('Ann')");
      holder.commit();
      Await.until("no problem", () -> ofBoth.problem().isEmpty());
    }
    assertThat(InOneSession.printInstall(orders.mysql, both, InstallOptions.DEFAULT)).isEmpty();
  }

  /** New statements wait behind the ALTER TABLE, which waits for an open transaction. */
  @Test
  void aWaitingAlterTableIsNoProblemAndIsSeenOnceDone() throws Exception {
    awaitIdle();
    try (Connection holder = orders.database.connect()) {
      holder.setAutoCommit(false);
      FollowedOrders.run(holder, "SELECT id FROM orders");
      resets = resets();
      Thread alter =
          Thread.startVirtualThread(
              () -> orders.database.execute("ALTER TABLE orders ADD COLUMN more INT DEFAULT 3"));
      orders.database.awaitBlocked("ALTER");
      // Longer than the reconciler's session waits for a lock.
      Thread.sleep(Duration.ofSeconds(InstallSession.LOCK_WAIT_SECONDS + 2));
      assertThat(reconciler.problem()).isEmpty();
      holder.commit();
      alter.join();
    }
    awaitReset(table -> table.columnNames().contains("more"));
  }

  /** Its clients wait for a reset, so the cause of the delay must be visible. */
  @Test
  void aResetDelayedByALockedTableIsReported() throws Exception {
    try (Connection holder = orders.database.connect()) {
      holder.setAutoCommit(false);
      FollowedOrders.run(holder, "SELECT id FROM orders");
      Thread alter =
          Thread.startVirtualThread(
              () -> orders.database.execute("ALTER TABLE orders ADD COLUMN more INT"));
      orders.database.awaitBlocked("ALTER");
      execute(
          "INSERT INTO orderwire_change_log (table_name, op, row_key, actor)"
              + " VALUES ('orders', 'update', '{\"id\": 1}', 'somebody')");
      // A check that began before reports its own wait first.
      Await.until(
          "a problem",
          () ->
              reconciler
                  .problem()
                  .filter(cause -> cause.contains("ALTER TABLE waits"))
                  .isPresent());
      holder.commit();
      alter.join();
    }
    awaitReset(table -> table.columnNames().contains("more"));
    Await.until("no problem", () -> reconciler.problem().isEmpty());
  }

  @Test
  void aTableThatWasMissingWhileTheLogWasReplacedIsReset() throws InterruptedException {
    nextInsert("INSERT INTO orders (customer_name) VALUES ('Ann')");
    execute("RENAME TABLE orders TO away", "DROP TABLE orderwire_change_log");
    Await.until("restart", () -> !orders.recorder.restarts().isEmpty());
    execute("RENAME TABLE away TO orders");
    awaitReset();
  }

  @Test
  void withoutSchemaChangesNothingIsWritten() throws InterruptedException {
    nextInsert("INSERT INTO orders (customer_name) VALUES ('Ann')");
    try (Reconciler second =
        new Reconciler(
            orders.mysql,
            new TriggerCapture(),
            TABLES,
            InstallOptions.DEFAULT,
            true,
            orders.tail)) {
      second.start();
      execute("CREATE TABLE other (id INT)", "ALTER TABLE other ADD COLUMN n INT");
      nextInsert("INSERT INTO orders (customer_name) VALUES ('Bob')");
      awaitIdle();
      execute("ALTER TABLE orders ADD INDEX (customer_name)");
      awaitIdle();
      execute("ALTER TABLE orders ADD COLUMN priority INT");
      awaitReset(table -> table.column("priority").isPresent());
    }
    assertThat(
            orders.database.query(
                "SELECT COUNT(*) FROM orderwire_change_log WHERE row_key IS NULL"))
        .containsExactly(List.of("1"));
  }

  @Test
  void withoutAutomaticInstallTheReportSaysWhatToDo() throws InterruptedException {
    reconciler.close();
    try (Reconciler watching =
        new Reconciler(
            orders.mysql,
            new TriggerCapture(),
            TABLES,
            InstallOptions.DEFAULT,
            false,
            orders.tail)) {
      watching.start();
      orders.database.execute("DROP TRIGGER orderwire_orders_insert");
      Await.until("a problem", () -> watching.problem().isPresent());
      assertThat(watching.problem()).contains(watching.problem().orElseThrow());
      assertThat(watching.problem().orElseThrow()).contains("orderwire install");
      new TriggerCapture().install(orders.mysql, TABLES, InstallOptions.DEFAULT);
      Await.until("no problem", () -> watching.problem().equals(Optional.empty()));
      orders.recorder.awaitMoments("a reset", _ -> resets() > 0);
    }
  }
}
