package dev.orderwire.upkeep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.orderwire.capture.InstallOptions;
import dev.orderwire.capture.triggers.TriggerCapture;
import dev.orderwire.mysql.Mysql;
import dev.orderwire.testing.InstallRights;
import dev.orderwire.testing.Logged;
import dev.orderwire.testing.TestDatabase;
import dev.orderwire.testing.TestMysql;
import dev.orderwire.testing.TestUser;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Triggers that cannot log a row write a marker, and never break the application's write. */
class MarkersTest {
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

  private void watch(String definition, String... rows) {
    database.execute("CREATE TABLE t (" + definition + ")");
    database.execute(rows);
    new TriggerCapture().install(mysql, List.of("t"), InstallOptions.DEFAULT);
  }

  @Test
  void afterADroppedColumnMarkersKeepTheKey() {
    watch("id INT PRIMARY KEY, n INT, gone INT", "INSERT INTO t VALUES (1, 1, 1), (2, 2, 2)");
    database.execute(
        "ALTER TABLE t DROP COLUMN gone",
        "INSERT INTO t VALUES (3, 3)",
        "UPDATE t SET n = 9 WHERE id = 1",
        "UPDATE t SET id = 22 WHERE id = 2",
        "DELETE FROM t WHERE id = 1");
    assertThat(Logged.texts(database))
        .containsExactly(
            "insert {'id': 3}: null -> null",
            "update {'id': 1}: null -> null",
            "delete {'id': 2}: null -> null",
            "insert {'id': 22}: null -> null",
            "delete {'id': 1}: null -> null");
    assertThat(database.query("SELECT * FROM t ORDER BY id"))
        .containsExactly(List.of("3", "3"), List.of("22", "2"));
    assertThat(Logged.all(database)).extracting(Logged::actor).doesNotContain("");
  }

  @Test
  void afterARenamedKeyColumnMarkersHaveNoKey() {
    watch("id INT PRIMARY KEY, n INT", "INSERT INTO t VALUES (1, 1)");
    database.execute(
        "ALTER TABLE t RENAME COLUMN id TO number",
        "INSERT INTO t VALUES (2, 2)",
        "UPDATE t SET n = 9 WHERE number = 1",
        "DELETE FROM t WHERE number = 2");
    assertThat(Logged.texts(database))
        .containsExactly(
            "insert null: null -> null", "update null: null -> null", "delete null: null -> null");
    assertThat(database.query("SELECT * FROM t")).containsExactly(List.of("1", "9"));
  }

  @Test
  void aNewColumnLeavesNoMarker() {
    watch("id INT PRIMARY KEY");
    database.execute("ALTER TABLE t ADD COLUMN late INT", "INSERT INTO t VALUES (1, 1)");
    assertThat(Logged.texts(database)).containsExactly("insert {'id': 1}: null -> {'id': 1}");
  }

  @Test
  void withoutAUsableChangeLogWritesSucceed() {
    watch("id INT PRIMARY KEY, n INT");
    for (String harm :
        List.of(
            "ALTER TABLE orderwire_change_log ADD COLUMN more INT NOT NULL",
            "ALTER TABLE orderwire_change_log DROP COLUMN actor",
            "DROP TABLE orderwire_change_log")) {
      database.execute(
          harm,
          "INSERT INTO t VALUES (1, 1), (2, 2)",
          "UPDATE t SET n = n + 1",
          "UPDATE t SET id = id + 10",
          "DELETE FROM t WHERE id = 11");
      assertThat(database.query("SELECT * FROM t")).as(harm).containsExactly(List.of("12", "3"));
      database.execute("DELETE FROM t");
    }
  }

  @Test
  void aDefinerWithoutPrivilegesDoesNotBreakTheWrite() {
    database.execute("CREATE TABLE t (id INT PRIMARY KEY)");
    try (TestUser installer = TestUser.create(database, InstallRights.ALL)) {
      try (Mysql own = new Mysql(installer.options())) {
        new TriggerCapture().install(own, List.of("t"), InstallOptions.DEFAULT);
      }
      installer.grant("REVOKE INSERT ON orderwire_change_log FROM %s");
      database.execute("INSERT INTO t VALUES (1)");
      assertThat(Logged.texts(database)).isEmpty();
      assertThat(database.query("SELECT * FROM t")).containsExactly(List.of("1"));
    }
  }

  @Test
  void aRowTooLargeForADocumentLeavesAMarkerWithItsKey() {
    watch("id INT PRIMARY KEY, a LONGTEXT, b LONGTEXT");
    withPackets(
        1 << 20,
        "INSERT INTO t VALUES (1, REPEAT('a', 700000), REPEAT('b', 700000)), (2, 'a', 'b')",
        "UPDATE t SET b = 'c' WHERE id = 1",
        "DELETE FROM t WHERE id = 1");
    assertThat(Logged.all(database))
        .extracting(Logged::op, row -> row.before() != null, row -> row.after() != null)
        .containsExactly(
            tuple("insert", false, false),
            tuple("insert", false, true),
            // The row before is still too large, and a change has both rows or none.
            tuple("update", false, false),
            tuple("delete", true, false));
  }

  @Test
  void aLockWaitTimeoutIsTheWritersError() throws SQLException {
    watch("id INT PRIMARY KEY");
    try (Connection reader = database.connect();
        Statement read = reader.createStatement();
        Connection writer = database.connect();
        Statement write = writer.createStatement()) {
      reader.setAutoCommit(false);
      read.executeQuery("SELECT * FROM orderwire_change_log FOR UPDATE").close();
      write.execute("SET innodb_lock_wait_timeout = 1");
      assertThatThrownBy(() -> write.execute("INSERT INTO t VALUES (1)"))
          .extracting(e -> ((SQLException) e).getErrorCode())
          .isEqualTo(1205);
      reader.rollback();
    }
    assertThat(database.query("SELECT * FROM t")).isEmpty();
  }

  @Test
  void aDeadlockIsTheWritersError() throws Exception {
    watch("id INT PRIMARY KEY, n INT", "INSERT INTO t VALUES (1, 0)");
    database.execute("CREATE TABLE ballast (n INT)");
    try (Connection other = database.connect();
        Statement others = other.createStatement();
        Connection writer = database.connect();
        Statement write = writer.createStatement()) {
      other.setAutoCommit(false);
      writer.setAutoCommit(false);
      // MySQL rolls back the transaction that has changed less.
      others.execute("INSERT INTO ballast VALUES (1), (2), (3), (4), (5), (6), (7), (8)");
      others.executeQuery("SELECT * FROM orderwire_change_log FOR UPDATE").close();
      write.execute("UPDATE t SET n = 1 WHERE id = -1");
      write.executeQuery("SELECT * FROM t WHERE id = 1 FOR UPDATE").close();
      CompletableFuture<Integer> waiting =
          CompletableFuture.supplyAsync(() -> {
            try {
              return others.executeUpdate("UPDATE t SET n = 2 WHERE id = 1");
            } catch (SQLException e) {
              throw new IllegalStateException(e);
            }
          });
      awaitLockWait(1);
      assertThatThrownBy(() -> write.execute("UPDATE t SET n = 3 WHERE id = 1"))
          .extracting(e -> ((SQLException) e).getErrorCode())
          .isEqualTo(1213);
      assertThat(waiting.get()).isEqualTo(1);
      other.commit();
      writer.commit();
    }
    assertThat(database.query("SELECT n FROM t")).containsExactly(List.of("2"));
  }

  private void awaitLockWait(int waits) throws InterruptedException {
    while (database.query("SELECT 1 FROM performance_schema.data_lock_waits").size() < waits) {
      Thread.sleep(5);
    }
  }

  /** Runs the statements in a session with this max_allowed_packet. */
  private void withPackets(int bytes, String... statements) {
    String before = database.query("SELECT @@max_allowed_packet").getFirst().getFirst();
    database.execute("SET GLOBAL max_allowed_packet = " + bytes);
    try {
      database.execute(statements);
    } finally {
      database.execute("SET GLOBAL max_allowed_packet = " + before);
    }
  }
}
