package dev.orderwire.capture.triggers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.orderwire.capture.InstallOptions;
import dev.orderwire.capture.InstallReport;
import dev.orderwire.capture.InstallSession;
import dev.orderwire.capture.InstallState;
import dev.orderwire.capture.ResetsDue;
import dev.orderwire.change.Column;
import dev.orderwire.change.ErrorCode;
import dev.orderwire.change.Op;
import dev.orderwire.change.Table;
import dev.orderwire.changelog.ChangeLogTable;
import dev.orderwire.changelog.TableShapes;
import dev.orderwire.mysql.Mysql;
import dev.orderwire.mysql.Problems;
import dev.orderwire.mysql.Query;
import dev.orderwire.mysql.sql.Encoding;
import dev.orderwire.mysql.sql.Sql;
import dev.orderwire.testing.AwkwardTables;
import dev.orderwire.testing.ClientScript;
import dev.orderwire.testing.InOneSession;
import dev.orderwire.testing.Logged;
import dev.orderwire.testing.TestDatabase;
import dev.orderwire.testing.TestMysql;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class InstallTest {
  private static final String ALL_TRIGGERS =
      "SELECT trigger_name, event_object_table, created FROM information_schema.triggers"
          + " WHERE trigger_schema = DATABASE() ORDER BY 1, 2";

  private TestDatabase database;
  private Mysql mysql;

  @BeforeEach
  void connect() {
    database = TestMysql.database();
    mysql = new Mysql(database.options());
  }

  @AfterEach
  void disconnect() {
    mysql.close();
    database.close();
  }

  /** Until all its triggers are there, the log has only some of the table's changes. */
  @Test
  void aTableThatIsReplacedDuringARepairIsMarkedFirst() throws SQLException {
    database.execute("CREATE TABLE t (id INT PRIMARY KEY, n INT)");
    new TriggerCapture().install(mysql, List.of("t"), InstallOptions.DEFAULT);
    database.execute("ALTER TABLE t ADD COLUMN late INT");
    try (Connection connection = InstallSession.connect(mysql)) {
      InstallState found =
          new TriggerCapture()
              .check(connection, List.of("t"), InstallOptions.DEFAULT, new Problems());
      database.execute(
          "CREATE TABLE t_new LIKE t", "RENAME TABLE t TO t_old, t_new TO t", "DROP TABLE t_old");
      found.repair(connection, Duration.ofSeconds(10), ResetsDue.UNKNOWN, _ -> {});
    }
    assertThat(
            database.query(
                "SELECT row_after IS NULL FROM orderwire_change_log"
                    + " WHERE table_name = 't' AND row_key IS NULL ORDER BY id"))
        .as("a marker, then the reset")
        .containsExactly(List.of("1"), List.of("0"));
  }

  @Test
  void tablesOfAnyNameAndShapeAreCaptured() throws SQLException {
    AwkwardTables.create(database);
    new TriggerCapture().install(mysql, AwkwardTables.names(), InstallOptions.DEFAULT);
    try (Connection connection = mysql.connect()) {
      for (Table table : TableShapes.read(connection, AwkwardTables.names())) {
        Logged.forget(database);
        String name = Sql.quote(table.name());
        String before = onlyRow(connection, table, table.columns());
        List<Column> keyColumns =
            table.key().stream().map(column -> table.column(column).orElseThrow()).toList();
        String key = onlyRow(connection, table, keyColumns);
        database.execute("UPDATE " + name + " SET n = 2");
        String after = onlyRow(connection, table, table.columns());
        database.execute("DELETE FROM " + name);
        database.execute("SET sql_mode = ''", "INSERT INTO " + name + " (n) VALUES (2)");
        assertThat(Logged.all(database))
            .as(table.name())
            .extracting(Logged::table, Logged::op, Logged::key, Logged::before, Logged::after)
            .containsExactly(
                tuple(table.name(), "update", key, before, after),
                tuple(table.name(), "delete", key, after, null),
                tuple(table.name(), "insert", key, null, after));
      }
    }
  }

  private static String onlyRow(Connection connection, Table table, List<Column> columns)
      throws SQLException {
    return Query.list(
            connection,
            "SELECT " + Encoding.row(columns, "t.") + " FROM " + Sql.quote(table.name()) + " t",
            row -> row.getString(1))
        .getFirst();
  }

  @Test
  void triggersHaveTheDocumentedNames() {
    database.execute("CREATE TABLE orders (id INT PRIMARY KEY)");
    new TriggerCapture().install(mysql, List.of("orders"), InstallOptions.DEFAULT);
    assertThat(database.query(ALL_TRIGGERS))
        .extracting(row -> row.get(0))
        .containsExactly(
            "orderwire_orders_delete", "orderwire_orders_insert", "orderwire_orders_update");
  }

  @Test
  void longNamesAreShortened() {
    assertThat(Trigger.plainName("t".repeat(47), Op.UPDATE))
        .isEqualTo("orderwire_" + "t".repeat(47) + "_update");
    String shortened = Trigger.plainName("é".repeat(48), Op.UPDATE);
    assertThat(shortened).hasSize(64).startsWith("orderwire_ééé").endsWith("_update");
    assertThat(shortened).isNotEqualTo(Trigger.plainName("é".repeat(49), Op.UPDATE));
  }

  @Test
  void aSecondInstallChangesNothing() {
    AwkwardTables.create(database);
    InstallReport first =
        new TriggerCapture().install(mysql, AwkwardTables.names(), InstallOptions.DEFAULT);
    assertThat(first.current()).isEmpty();
    assertThat(first.made()).hasSize(1 + 3 * AwkwardTables.names().size());
    var before = database.query(ALL_TRIGGERS);
    String epoch = epoch();

    InstallReport second =
        new TriggerCapture().install(mysql, AwkwardTables.names(), InstallOptions.DEFAULT);
    assertThat(second.made()).isEmpty();
    assertThat(second.current()).containsExactlyInAnyOrderElementsOf(first.made());
    assertThat(database.query(ALL_TRIGGERS)).isEqualTo(before);
    assertThat(epoch()).isEqualTo(epoch);
    assertThat(InOneSession.printInstall(mysql, AwkwardTables.names(), InstallOptions.DEFAULT))
        .isEmpty();
  }

  @Test
  void thePrintedScriptsDoWhatInstallAndUninstallDo() {
    AwkwardTables.create(database);
    String script = InOneSession.printInstall(mysql, AwkwardTables.names(), InstallOptions.DEFAULT);
    assertThat(database.query(ALL_TRIGGERS)).isEmpty();
    assertThatThrownBy(this::epoch).extracting("code").isEqualTo(ErrorCode.NO_CHANGE_LOG);

    ClientScript.run(database, script);
    InstallReport after =
        new TriggerCapture().install(mysql, AwkwardTables.names(), InstallOptions.DEFAULT);
    assertThat(after.made()).isEmpty();
    assertThat(after.current()).hasSize(1 + 3 * AwkwardTables.names().size());

    ClientScript.run(database, new TriggerCapture().uninstallScript(mysql));
    assertThat(database.query(ALL_TRIGGERS)).isEmpty();
    assertThatThrownBy(this::epoch).extracting("code").isEqualTo(ErrorCode.NO_CHANGE_LOG);
    assertThat(new TriggerCapture().uninstallScript(mysql)).isEmpty();
  }

  @Test
  void aPrintedScriptCanRunTwice() {
    database.execute("CREATE TABLE t (id INT PRIMARY KEY)");
    String script = InOneSession.printInstall(mysql, List.of("t"), InstallOptions.DEFAULT);
    ClientScript.run(database, script);
    String epoch = epoch();
    ClientScript.run(database, script);
    assertThat(epoch()).isEqualTo(epoch);
    assertThat(new TriggerCapture().install(mysql, List.of("t"), InstallOptions.DEFAULT).made())
        .isEmpty();
  }

  @Test
  void uninstallRemovesOnlyWhatIsOurs() {
    AwkwardTables.create(database);
    new TriggerCapture().install(mysql, AwkwardTables.names(), InstallOptions.DEFAULT);
    database.execute(
        "CREATE TRIGGER orderwire_mine AFTER INSERT ON orders FOR EACH ROW SET @mine = 1",
        // A table that is not watched.
        "RENAME TABLE `line item` TO `forgotten`");
    List<String> removed = new TriggerCapture().uninstall(mysql);
    assertThat(removed).hasSize(1 + 3 * AwkwardTables.names().size());
    assertThat(database.query(ALL_TRIGGERS))
        .extracting(row -> row.get(0))
        .containsExactly("orderwire_mine");
    assertThat(database.query("SHOW TABLES LIKE 'orderwire%'")).isEmpty();
    assertThat(new TriggerCapture().uninstall(mysql)).isEmpty();
  }

  @Test
  void onlyStaleTriggersAreReplaced() {
    database.execute("CREATE TABLE t (id INT PRIMARY KEY)", "CREATE TABLE u (id INT PRIMARY KEY)");
    new TriggerCapture().install(mysql, List.of("t", "u"), InstallOptions.DEFAULT);
    for (String change :
        List.of(
            "ALTER TABLE t ADD COLUMN more INT",
            "ALTER TABLE t MODIFY COLUMN more DECIMAL(10,2)",
            "ALTER TABLE t RENAME COLUMN more TO other",
            "ALTER TABLE t DROP PRIMARY KEY, ADD PRIMARY KEY (id, other)")) {
      database.execute(change);
      InstallReport report =
          new TriggerCapture().install(mysql, List.of("t", "u"), InstallOptions.DEFAULT);
      assertThat(report.made())
          .as(change)
          .containsExactly(
              "trigger orderwire_t_insert on t",
              "trigger orderwire_t_update on t",
              "trigger orderwire_t_delete on t");
      assertThat(report.current()).as(change).hasSize(4);
    }
    database.execute("DROP TRIGGER orderwire_t_update");
    assertThat(
            new TriggerCapture().install(mysql, List.of("t", "u"), InstallOptions.DEFAULT).made())
        .containsExactly("trigger orderwire_t_update on t");
  }

  @Test
  void aTriggerCreatedUnderOtherSettingsIsReplaced() {
    database.execute("CREATE TABLE t (id INT PRIMARY KEY)");
    new TriggerCapture().install(mysql, List.of("t"), InstallOptions.DEFAULT);
    String create =
        Objects.requireNonNull(
            database.query("SHOW CREATE TRIGGER orderwire_t_insert").getFirst().get(2));
    for (String setting :
        List.of("SET sql_mode = ''", "SET NAMES utf8mb4 COLLATE utf8mb4_general_ci")) {
      database.execute(
          "SET NAMES utf8mb4 COLLATE utf8mb4_bin",
          "SET sql_mode = 'STRICT_TRANS_TABLES'",
          setting,
          "DROP TRIGGER orderwire_t_insert",
          create);
      assertThat(new TriggerCapture().install(mysql, List.of("t"), InstallOptions.DEFAULT).made())
          .as(setting)
          .containsExactly("trigger orderwire_t_insert on t");
    }
  }

  @Test
  void everyChangeLogHasAnEpochOfItsOwn() {
    database.execute("CREATE TABLE t (id INT PRIMARY KEY)");
    new TriggerCapture().install(mysql, List.of("t"), InstallOptions.DEFAULT);
    String first = epoch();
    assertThat(first).matches("[a-z0-9]{10}");
    new TriggerCapture().uninstall(mysql);
    new TriggerCapture().install(mysql, List.of("t"), InstallOptions.DEFAULT);
    assertThat(epoch()).isNotEqualTo(first).matches("[a-z0-9]{10}");
  }

  private String epoch() {
    try (Connection connection = mysql.connect()) {
      return ChangeLogTable.epoch(connection);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }
}
