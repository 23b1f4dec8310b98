package dev.orderwire.capture.triggers;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orderwire.capture.InstallOptions;
import dev.orderwire.mysql.Mysql;
import dev.orderwire.mysql.Query;
import dev.orderwire.mysql.Schema;
import dev.orderwire.mysql.sql.Encoding;
import dev.orderwire.testing.Logged;
import dev.orderwire.testing.TestDatabase;
import dev.orderwire.testing.TestMysql;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OldValuesTest {
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

  @ParameterizedTest
  @ValueSource(strings = {"VIRTUAL", "STORED"})
  void aGeneratedColumnHasItsOldValueInTheRowBefore(String kind) {
    database.execute(
        """
        CREATE TABLE t (
          id INT PRIMARY KEY,
          `a``x` VARCHAR(40), n INT, b BLOB, at DATETIME(6) NULL,
          v VARCHAR(50) AS (CONCAT(`a``x`, '?')) VIRTUAL,
          tx TEXT AS (CONCAT(`a``x`, '!"ö)(`', n)) KIND,
          l1 TEXT CHARACTER SET latin1 AS (CONCAT(`a``x`, 'é')) KIND,
          bl BLOB AS (CONCAT(b, x'00FF')) KIND,
          js JSON AS (JSON_OBJECT('k"`)', `a``x`, 'n', n)) KIND,
          jt JSON AS (CONCAT('{"n":', n, '}')) KIND,
          ge GEOMETRY AS (POINT(n, -n)) KIND,
          two LONGTEXT AS (CONCAT(tx, '+', v, at)) KIND COMMENT ' GENERATED ALWAYS AS (1)',
          three TEXT AS (CONCAT(JSON_EXTRACT(js, '$.n'), LENGTH(two))) KIND,
          none TEXT AS ('constant') KIND
        )\
        """
            .replace("KIND", kind));
    new TriggerCapture().install(mysql, List.of("t"), InstallOptions.DEFAULT);
    database.execute(
        "INSERT INTO t (id, `a``x`, n, b, at) VALUES (1, 'one', 1, 'b1', '2020-01-01'),"
            + " (2, 'two', 2, NULL, NULL), (3, NULL, NULL, REPEAT('z', 50), NULL)");
    for (String update :
        List.of(
            "UPDATE t SET `a``x` = 'changed to something longer'",
            "UPDATE t SET n = 12345, b = 'y'",
            "UPDATE t SET `a``x` = 's', n = n + id, b = CONCAT(b, 'tail')",
            "UPDATE t SET id = id + 10",
            "UPDATE t a JOIN (SELECT 11 AS id UNION SELECT 12) o USING (id) SET a.n = NULL, a.`a``x` = 'joined'",
            "INSERT INTO t (id) VALUES (11), (12) ON DUPLICATE KEY UPDATE `a``x` = 'upserted', n = 7",
            "INSERT INTO t (id, `a``x`, n, b) VALUES (31, 'x', 3, 'y'), (32, NULL, 4, 'long one')",
            "REPLACE INTO t (id, `a``x`, n) VALUES (11, 'replaced', 8)",
            "UPDATE t SET `a``x` = NULL, n = 0",
            "DELETE t FROM t JOIN (SELECT 12 AS id UNION SELECT 31) o USING (id)",
            "DELETE FROM t")) {
      List<String> before = snapshot();
      Logged.forget(database);
      database.execute(update);
      List<Logged> changes = Logged.all(database);
      assertThat(changes).as(update).isNotEmpty();
      List<String> after = snapshot();
      for (Logged change : changes) {
        // A marker has no rows, and must not pass for a change.
        if (!change.op().equals("insert")) {
          assertThat(before).as(update).contains(change.before());
        }
        if (!change.op().equals("delete")) {
          assertThat(after).as(update).contains(change.after());
        }
      }
    }
  }

  private List<String> snapshot() {
    try (Connection connection = mysql.connect()) {
      String row = Encoding.row(Schema.table(connection, "t").columns(), "t.");
      return Query.list(
          connection, "SELECT " + row + " FROM t ORDER BY id", result -> result.getString(1));
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }
}
