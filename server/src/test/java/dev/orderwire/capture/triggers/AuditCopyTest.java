package dev.orderwire.capture.triggers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.orderwire.capture.InstallOptions;
import dev.orderwire.mysql.Mysql;
import dev.orderwire.testing.Logged;
import dev.orderwire.testing.TestDatabase;
import dev.orderwire.testing.TestMysql;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Writing into a watched table what the change log has, such as rows that were deleted by mistake.
 */
class AuditCopyTest {
  private static final String DELETED =
      """
      SELECT row_before->>'$.id' AS id,
             IF(JSON_TYPE(row_before->'$.s') = 'NULL', NULL, row_before->>'$.s') AS s
        FROM orderwire_change_log WHERE table_name = 't' AND op = 'delete'\
      """;

  private TestDatabase database;

  @BeforeEach
  void deleteRows() {
    database = TestMysql.database();
    database.execute(
        "CREATE TABLE t (id INT PRIMARY KEY, s VARCHAR(9))",
        "INSERT INTO t VALUES (1, 'null'), (2, NULL), (3, 'c')");
    try (Mysql mysql = new Mysql(database.options())) {
      new TriggerCapture().install(mysql, List.of("t"), InstallOptions.DEFAULT);
    }
    database.execute("DELETE FROM t WHERE id < 3");
  }

  @AfterEach
  void dropDatabase() {
    database.close();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "INSERT INTO t SELECT * FROM (DELETED) AS d",
        "REPLACE INTO t DELETED",
        "UPDATE t JOIN orderwire_change_log ON row_key->>'$.id' = 1 SET s = 'x'",
        "UPDATE t SET s = (SELECT MAX(op) FROM orderwire_change_log)",
        "DELETE FROM t WHERE id NOT IN (SELECT row_key->>'$.id' FROM orderwire_change_log)",
        "INSERT INTO t VALUES (9, (SELECT COUNT(*) FROM orderwire_change_log))"
      })
  void aStatementThatReadsTheChangeLogCannotWriteAWatchedTable(String statement) {
    assertThatThrownBy(() -> database.execute(statement.replace("DELETED", DELETED)))
        .rootCause()
        .isInstanceOfSatisfying(
            SQLException.class, e -> assertThat(e.getErrorCode()).isEqualTo(1442));
    assertThat(database.query("SELECT * FROM t")).containsExactly(List.of("3", "c"));
    assertThat(Logged.texts(database)).hasSize(2);
  }

  /** The statements of docs/reference/change-log.md. */
  @Test
  void aTemporaryTableBetweenThemWorksAndHoldsUpNoWriter() throws SQLException {
    try (Connection connection = database.connect();
        Statement statement = connection.createStatement()) {
      statement.execute("SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED");
      statement.execute("START TRANSACTION");
      statement.execute("CREATE TEMPORARY TABLE deleted AS " + DELETED);
      // A writer in another session does not wait for the rows that were read.
      database.execute("SET SESSION innodb_lock_wait_timeout = 1", "INSERT INTO t VALUES (4, 'd')");
      statement.execute("INSERT INTO t (id, s) SELECT id, s FROM deleted");
      statement.execute("COMMIT");
    }
    assertThat(database.query("SELECT * FROM t"))
        .containsExactly(
            List.of("1", "null"), Arrays.asList("2", null), List.of("3", "c"), List.of("4", "d"));
    assertThat(Logged.texts(database))
        .endsWith(
            "insert {'id': 4}: null -> {'s': 'd', 'id': 4}",
            "insert {'id': 1}: null -> {'s': 'null', 'id': 1}",
            "insert {'id': 2}: null -> {'s': null, 'id': 2}");
  }
}
