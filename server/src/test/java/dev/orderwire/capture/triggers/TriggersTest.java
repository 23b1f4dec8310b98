package dev.orderwire.capture.triggers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.orderwire.capture.InstallOptions;
import dev.orderwire.mysql.Mysql;
import dev.orderwire.testing.FoldZone;
import dev.orderwire.testing.Logged;
import dev.orderwire.testing.TestDatabase;
import dev.orderwire.testing.TestMysql;
import dev.orderwire.testing.TestUser;
import dev.orderwire.testing.TypeSamples;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TriggersTest {
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

  private void watch(String table, String definition) {
    database.execute("CREATE TABLE " + table + " (" + definition + ")");
    new TriggerCapture().install(mysql, List.of(table), InstallOptions.DEFAULT);
  }

  @Test
  void eachChangeIsOneLogRowWithKeyBeforeAndAfter() {
    watch("orders", "id INT PRIMARY KEY, s VARCHAR(20), note TEXT");
    database.execute(
        "INSERT INTO orders VALUES (1, 'new', NULL), (2, 'new', 'x')",
        "UPDATE orders SET s = 'sent' WHERE id = 1",
        "DELETE FROM orders WHERE id = 2");
    assertThat(Logged.texts(database))
        .containsExactly(
            "insert {'id': 1}: null -> {'s': 'new', 'id': 1, 'note': null}",
            "insert {'id': 2}: null -> {'s': 'new', 'id': 2, 'note': 'x'}",
            "update {'id': 1}: {'s': 'new', 'id': 1, 'note': null}"
                + " -> {'s': 'sent', 'id': 1, 'note': null}",
            "delete {'id': 2}: {'s': 'new', 'id': 2, 'note': 'x'} -> null");
    assertThat(Logged.all(database)).extracting(Logged::table).containsOnly("orders");
    assertThat(
            database.query(
                "SELECT COUNT(*) FROM orderwire_change_log WHERE at > NOW() - INTERVAL 1 MINUTE AND at <= NOW(6)"))
        .containsExactly(List.of("4"));
  }

  @Test
  void aRolledBackChangeIsNotLogged() throws SQLException {
    watch("t", "id INT PRIMARY KEY");
    try (Connection connection = database.connect();
        Statement statement = connection.createStatement()) {
      connection.setAutoCommit(false);
      statement.execute("INSERT INTO t VALUES (1)");
      connection.rollback();
      statement.execute("INSERT INTO t VALUES (2)");
      connection.commit();
    }
    assertThat(Logged.texts(database)).containsExactly("insert {'id': 2}: null -> {'id': 2}");
  }

  @Test
  void anUpdateThatChangesNothingIsNotLogged() {
    TypeSamples.createTable(database);
    new TriggerCapture().install(mysql, List.of(TypeSamples.TABLE), InstallOptions.DEFAULT);
    TypeSamples.insert(database);
    Logged.forget(database);
    database.execute(
        "UPDATE samples SET touched = touched",
        "UPDATE samples SET c0 = c0, c47 = CONCAT(c47, ''), c63 = CONCAT(c63)",
        "INSERT INTO samples (id) VALUES (1) ON DUPLICATE KEY UPDATE touched = touched");
    assertThat(Logged.texts(database)).isEmpty();
  }

  @Test
  void aChangeThatTheCollationIgnoresIsLogged() {
    watch("t", "id INT PRIMARY KEY, c VARCHAR(9) COLLATE utf8mb4_general_ci, j JSON, d DOUBLE");
    database.execute(
        "INSERT INTO t VALUES (1, 'e', '1', 0)",
        "UPDATE t SET c = 'E'",
        "UPDATE t SET c = 'É'",
        "UPDATE t SET c = 'É '",
        "UPDATE t SET j = '2'",
        "UPDATE t SET d = -0e0",
        "UPDATE t SET c = NULL");
    assertThat(
            database.query(
                "SELECT row_after->'$.c', row_after->'$.j', row_after->'$.d' FROM orderwire_change_log ORDER BY id"))
        .containsExactly(
            List.of("\"e\"", "1", "0.0"),
            List.of("\"E\"", "1", "0.0"),
            List.of("\"É\"", "1", "0.0"),
            List.of("\"É \"", "1", "0.0"),
            List.of("\"É \"", "2", "0.0"),
            List.of("\"É \"", "2", "-0.0"),
            List.of("null", "2", "-0.0"));
  }

  @Test
  void aChangeBetweenInstantsOfTheSameLocalTimeIsLogged() {
    FoldZone.load(database);
    watch("t", "id INT PRIMARY KEY, at TIMESTAMP(6) NULL");
    database.execute(
        "SET time_zone = '+00:00'",
        "INSERT INTO t VALUES (1, '" + FoldZone.SECOND_HALF_PAST_TWO + "')");
    Logged.forget(database);
    database.execute(
        "SET time_zone = '" + FoldZone.NAME + "'",
        // In this session the column has this local time already. MySQL takes it for the first of
        // the two instants.
        "UPDATE t SET at = '2020-10-25 02:30:00.123456'");
    assertThat(Logged.texts(database))
        .containsExactly(
            "update {'id': 1}: {'at': '2020-10-25T01:30:00.123456Z', 'id': 1}"
                + " -> {'at': '2020-10-25T00:30:00.123456Z', 'id': 1}");
  }

  @Test
  void jsonThatMysqlDoesNotChangeIsNotLogged() {
    watch("t", "id INT PRIMARY KEY, j JSON, n INT");
    database.execute(
        "INSERT INTO t VALUES (1, '{\"a\": 1}', 0)",
        "UPDATE t SET j = '{\"a\": 1.0}'",
        "UPDATE t SET n = 1",
        "UPDATE t SET j = '{\"a\": 1.0}', n = 2",
        "UPDATE t SET j = 'null'",
        "UPDATE t SET j = NULL");
    assertThat(database.query("SELECT row_after->'$.j' FROM orderwire_change_log ORDER BY id"))
        .containsExactly(
            List.of("{\"a\": 1}"),
            List.of("{\"a\": 1}"),
            List.of("{\"a\": 1.0}"),
            List.of("null"),
            List.of("null"));
  }

  @Test
  void anUpdateOfTheKeyIsADeleteAndAnInsert() {
    watch("t", "a INT, b VARCHAR(9), n INT, PRIMARY KEY (b, a)");
    database.execute(
        "INSERT INTO t VALUES (1, 'x', 0)",
        "UPDATE t SET a = 2, n = 1",
        "UPDATE t SET b = 'X'",
        "UPDATE t SET n = 2");
    assertThat(Logged.texts(database))
        .containsExactly(
            "insert {'a': 1, 'b': 'x'}: null -> {'a': 1, 'b': 'x', 'n': 0}",
            "delete {'a': 1, 'b': 'x'}: {'a': 1, 'b': 'x', 'n': 0} -> null",
            "insert {'a': 2, 'b': 'x'}: null -> {'a': 2, 'b': 'x', 'n': 1}",
            "delete {'a': 2, 'b': 'x'}: {'a': 2, 'b': 'x', 'n': 1} -> null",
            "insert {'a': 2, 'b': 'X'}: null -> {'a': 2, 'b': 'X', 'n': 1}",
            "update {'a': 2, 'b': 'X'}: {'a': 2, 'b': 'X', 'n': 1} -> {'a': 2, 'b': 'X', 'n': 2}");
  }

  @Test
  void replaceAndUpsertAreLoggedAsTheChangesThatTheyMake() {
    watch("t", "id INT PRIMARY KEY, u INT UNIQUE, n INT");
    database.execute(
        "INSERT INTO t VALUES (1, 10, 0), (2, 20, 0)",
        "REPLACE INTO t VALUES (3, 20, 1)",
        "INSERT INTO t VALUES (1, 11, 5) ON DUPLICATE KEY UPDATE n = VALUES(n)",
        "INSERT INTO t VALUES (4, 40, 0) ON DUPLICATE KEY UPDATE n = 9",
        "INSERT IGNORE INTO t VALUES (1, 99, 99)");
    assertThat(Logged.texts(database).subList(2, Logged.texts(database).size()))
        .containsExactly(
            "delete {'id': 2}: {'n': 0, 'u': 20, 'id': 2} -> null",
            "insert {'id': 3}: null -> {'n': 1, 'u': 20, 'id': 3}",
            "update {'id': 1}: {'n': 0, 'u': 10, 'id': 1} -> {'n': 5, 'u': 10, 'id': 1}",
            "insert {'id': 4}: null -> {'n': 0, 'u': 40, 'id': 4}");
  }

  @Test
  void theWriterDoesNotNoticeTheTriggers() throws SQLException {
    watch("t", "id INT AUTO_INCREMENT PRIMARY KEY, n INT");
    database.execute(
        "INSERT INTO orderwire_change_log (id, table_name, op, actor) VALUES (5000, 't', 'insert', '')");
    try (Connection connection = database.connect();
        Statement statement = connection.createStatement()) {
      assertThat(
              statement.executeUpdate(
                  "INSERT INTO t (n) VALUES (1), (2)", Statement.RETURN_GENERATED_KEYS))
          .isEqualTo(2);
      try (ResultSet keys = statement.getGeneratedKeys()) {
        assertThat(keys.next()).isTrue();
        assertThat(keys.getLong(1)).isEqualTo(1);
      }
      assertThat(statement.executeUpdate("UPDATE t SET n = 3, id = id + 10")).isEqualTo(2);
      try (ResultSet last = statement.executeQuery("SELECT LAST_INSERT_ID()")) {
        assertThat(last.next()).isTrue();
        assertThat(last.getLong(1)).isEqualTo(1);
      }
      try (ResultSet warnings = statement.executeQuery("SHOW WARNINGS")) {
        assertThat(warnings.next()).isFalse();
      }
    }
  }

  @Test
  void theActorIsTheSessionVariableOrElseTheUser() {
    watch("t", "id INT AUTO_INCREMENT PRIMARY KEY");
    database.execute(
        "INSERT INTO t VALUES ()",
        "SET @orderwire_actor = 'Zoë 😀'",
        "INSERT INTO t VALUES ()",
        "SET @orderwire_actor = 42",
        "INSERT INTO t VALUES ()",
        "SET @orderwire_actor = REPEAT('ü', 300)",
        "INSERT INTO t VALUES ()",
        "SET @orderwire_actor = _latin1 x'E9'",
        "INSERT INTO t VALUES ()",
        // Not text in any likely character set.
        "SET @orderwire_actor = x'61FF62'",
        "INSERT INTO t VALUES ()");
    String user = database.query("SELECT USER()").getFirst().getFirst();
    assertThat(Logged.all(database))
        .extracting(Logged::actor)
        .containsExactly(user, "Zoë 😀", "42", "ü".repeat(255), "é", user);
  }

  @Test
  void aWriterNeedsNoPrivilegesOnTheChangeLog() {
    watch("orders", "id INT PRIMARY KEY, n INT");
    try (TestUser writer =
        TestUser.create(database, "GRANT INSERT, UPDATE, DELETE, SELECT ON orders TO %s")) {
      writer.execute(
          "INSERT INTO orders VALUES (1, 1)", "UPDATE orders SET n = 2", "DELETE FROM orders");
      assertThat(Logged.all(database))
          .extracting(Logged::op, row -> row.actor().startsWith(writer.name()))
          .containsExactly(tuple("insert", true), tuple("update", true), tuple("delete", true));
    }
  }

  @Test
  void triggersRunUnderLockTables() {
    watch("t", "id INT PRIMARY KEY");
    database.execute("LOCK TABLES t WRITE", "INSERT INTO t VALUES (1)", "UNLOCK TABLES");
    assertThat(Logged.texts(database)).containsExactly("insert {'id': 1}: null -> {'id': 1}");
  }
}
