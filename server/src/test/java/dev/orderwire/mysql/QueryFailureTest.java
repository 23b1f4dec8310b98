package dev.orderwire.mysql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.orderwire.testing.TestDatabase;
import dev.orderwire.testing.TestMysql;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class QueryFailureTest {
  /** MySQL itself raises the errors, with their own SQLSTATE. */
  @ParameterizedTest
  @CsvSource({
    "HY000, 3024, query_ended",
    "70100, 1317, query_ended",
    "HY000, 1205, table_locked",
    "40001, 1213, table_locked",
    "22003, 1690, unreadable_row",
    "22012, 1365, unreadable_row",
    "22032, 3141, unreadable_row",
    "42000, 3143, unreadable_row",
    "HY000, 3692, unreadable_row",
    "42000, 1142, query_refused",
    "42S02, 1146, query_refused",
    "HY000, 1040, mysql_unavailable",
    "HY000, 1053, mysql_unavailable",
    "42000, 1226, mysql_unavailable",
    "HY000, 1030, query_refused",
    "08S01, 1927, mysql_unavailable",
    "28000, 1045, mysql_unavailable"
  })
  void onlyAnOutageIsMysqlUnavailable(String state, int number, String code) {
    try (TestDatabase database = TestMysql.database();
        Mysql mysql = new Mysql(database.options())) {
      SQLException failure = raised(mysql, state, number);
      assertThat(failure.getErrorCode()).isEqualTo(number);
      assertThat(mysql.failed(failure).code().text()).isEqualTo(code);
      if (!code.equals("mysql_unavailable") && !code.equals("query_refused")) {
        // Clients see the message.
        assertThat(mysql.failed(failure)).hasMessageNotContaining("secret");
      }
    }
  }

  private static SQLException raised(Mysql mysql, String state, int number) {
    try (Connection connection = mysql.connect();
        Statement statement = connection.createStatement()) {
      statement.execute(
          "SIGNAL SQLSTATE '%s' SET MYSQL_ERRNO = %d, MESSAGE_TEXT = 'secret'"
              .formatted(state, number));
    } catch (SQLException e) {
      return e;
    }
    throw new AssertionError("no error " + number);
  }

  /** Such as a time limit that a query of the driver itself meets, which passes. */
  @Test
  void whateverFailsWhileConnectingIsAnOutage() {
    try (TestDatabase database = TestMysql.database()) {
      MysqlOptions options = database.options();
      MysqlOptions unknown =
          new MysqlOptions(
              options.host(),
              options.port(),
              options.user(),
              options.password(),
              "no_such_database",
              1,
              Map.of());
      try (Mysql mysql = new Mysql(unknown)) {
        assertThatThrownBy(mysql::open)
            .isInstanceOfSatisfying(
                SQLException.class,
                e -> {
                  assertThat(e.getErrorCode()).isEqualTo(1049);
                  assertThat(mysql.failed(e).code().text()).isEqualTo("mysql_unavailable");
                });
      }
    }
  }
}
