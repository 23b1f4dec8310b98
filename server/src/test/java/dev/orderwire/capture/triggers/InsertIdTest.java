package dev.orderwire.capture.triggers;

import static org.assertj.core.api.Assertions.assertThat;

import com.mysql.cj.jdbc.StatementImpl;
import dev.orderwire.capture.InstallOptions;
import dev.orderwire.mysql.Mysql;
import dev.orderwire.testing.TestDatabase;
import dev.orderwire.testing.TestMysql;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What an application is told about the id of its last insert, with triggers and without. MySQL
 * restores {@code LAST_INSERT_ID()} after a trigger. But it forgets that a statement called {@code
 * LAST_INSERT_ID(value)}, and so does not send the value to the driver.
 */
class InsertIdTest {
  private TestDatabase database;

  @BeforeEach
  void createTables() {
    database = TestMysql.database();
    for (String table : List.of("watched", "unwatched")) {
      database.execute(
          "CREATE TABLE " + table + " (id INT PRIMARY KEY AUTO_INCREMENT, u INT UNIQUE, n BIGINT)",
          "INSERT INTO " + table + " VALUES (41, 1, 700)",
          "CREATE TABLE " + table + "_plain (id INT PRIMARY KEY, n BIGINT)",
          "INSERT INTO " + table + "_plain VALUES (1, 700)");
    }
    try (Mysql mysql = new Mysql(database.options())) {
      new TriggerCapture()
          .install(mysql, List.of("watched", "watched_plain"), InstallOptions.DEFAULT);
    }
  }

  @AfterEach
  void dropDatabase() {
    database.close();
  }

  /**
   * The columns: the statement, the driver's id without triggers and with, and LAST_INSERT_ID()
   * afterwards, which was 5 before.
   */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          INSERT INTO T (u) VALUES (2)                                                       | 42  | 42 | 42
          INSERT INTO T (u) VALUES (2), (3)                                                  | 42  | 42 | 42
          INSERT INTO T (id, u) VALUES (90, 2)                                               | 90  | 90 | 5
          INSERT INTO T_plain VALUES (90, 2)                                                 | 0   | 0  | 5
          REPLACE INTO T (u) VALUES (1)                                                      | 42  | 42 | 42
          UPDATE T SET n = n + 1                                                             | 0   | 0  | 5
          DELETE FROM T                                                                      | 0   | 0  | 5
          INSERT INTO T (u) VALUES (1) ON DUPLICATE KEY UPDATE n = 8                         | 41  | 41 | 5
          UPDATE T SET n = LAST_INSERT_ID(n + 1)                                             | 701 | 0  | 701
          INSERT INTO T (u) VALUES (1) ON DUPLICATE KEY UPDATE id = LAST_INSERT_ID(id), n = 8 | 41 | 41 | 41
          INSERT INTO T (u) VALUES (1) ON DUPLICATE KEY UPDATE n = LAST_INSERT_ID(n + 1)     | 701 | 41 | 701
          INSERT INTO T_plain VALUES (1, 1) ON DUPLICATE KEY UPDATE n = LAST_INSERT_ID(n + 1) | 701 | 0 | 701
          """)
  void theInsertIdIsWhatMysqlSays(
      String statement, long driverUnwatched, long driverWatched, long function)
      throws SQLException {
    assertThat(ids(statement.replaceFirst("\\bT(?=_| |$)", "unwatched")))
        .as("without triggers")
        .containsExactly(driverUnwatched, function);
    assertThat(ids(statement.replaceFirst("\\bT(?=_| |$)", "watched")))
        .as("with triggers")
        .containsExactly(driverWatched, function);
  }

  private List<Long> ids(String sql) throws SQLException {
    try (Connection connection = database.connect();
        Statement statement = connection.createStatement()) {
      statement.execute("SELECT LAST_INSERT_ID(5)");
      statement.execute(sql);
      long driver = statement.unwrap(StatementImpl.class).getLastInsertID();
      try (ResultSet row = statement.executeQuery("SELECT LAST_INSERT_ID()")) {
        row.next();
        return List.of(driver, row.getLong(1));
      }
    }
  }
}
