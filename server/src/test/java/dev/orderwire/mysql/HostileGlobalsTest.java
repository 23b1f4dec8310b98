package dev.orderwire.mysql;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orderwire.capture.InstallOptions;
import dev.orderwire.capture.triggers.TriggerCapture;
import dev.orderwire.changelog.SnapshotOfTable;
import dev.orderwire.tail.FollowedOrders;
import dev.orderwire.testing.Recorder;
import dev.orderwire.testing.TestDatabase;
import dev.orderwire.testing.TestMysql;
import dev.orderwire.testing.TestUser;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The server's own sessions work the same whatever defaults an administrator sets. */
class HostileGlobalsTest {
  /** Each would change or end a statement of Orderwire. */
  private static final Map<String, String> HOSTILE = hostile();

  private static Map<String, String> hostile() {
    Map<String, String> hostile = new LinkedHashMap<>();
    hostile.put("time_zone", "'+09:00'");
    hostile.put("sql_mode", "'ANSI_QUOTES,PAD_CHAR_TO_FULL_LENGTH,NO_BACKSLASH_ESCAPES'");
    hostile.put("lc_time_names", "'fi_FI'");
    hostile.put("div_precision_increment", "0");
    hostile.put("default_week_format", "3");
    hostile.put("sql_quote_show_create", "0");
    hostile.put("sql_select_limit", "10");
    hostile.put("sql_big_selects", "0");
    hostile.put("max_join_size", "1");
    hostile.put("sql_auto_is_null", "1");
    hostile.put("sql_safe_updates", "1");
    hostile.put("foreign_key_checks", "0");
    hostile.put("unique_checks", "0");
    hostile.put("group_concat_max_len", "4");
    hostile.put("max_sort_length", "4");
    hostile.put("sort_buffer_size", "32768");
    hostile.put("range_optimizer_max_mem_size", "1");
    hostile.put("optimizer_switch", "'derived_merge=off'");
    hostile.put("optimizer_search_depth", "1");
    hostile.put("optimizer_prune_level", "0");
    hostile.put("transaction_isolation", "'SERIALIZABLE'");
    hostile.put("transaction_read_only", "1");
    hostile.put("completion_type", "'RELEASE'");
    hostile.put("max_execution_time", "1");
    hostile.put("lock_wait_timeout", "1");
    hostile.put("innodb_lock_wait_timeout", "1");
    hostile.put("net_read_timeout", "1");
    hostile.put("net_write_timeout", "1");
    hostile.put("wait_timeout", "2");
    return hostile;
  }

  private final TestDatabase database = TestMysql.database();

  /** An administrator's session, which none of the variables affects. */
  private void administer(List<String> statements) {
    try (Mysql mysql = new Mysql(database.options());
        Connection connection = mysql.open();
        Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    } catch (SQLException e) {
      throw new IllegalStateException(String.join(";\n", statements), e);
    }
  }

  private void makeHostile() {
    administer(
        HOSTILE.entrySet().stream()
            .map(variable -> "SET GLOBAL " + variable.getKey() + " = " + variable.getValue())
            .toList());
  }

  @AfterEach
  void restore() {
    administer(HOSTILE.keySet().stream().map(name -> "SET GLOBAL " + name + " = DEFAULT").toList());
    administer(List.of("SET GLOBAL init_connect = ''"));
    database.close();
  }

  private static Map<String, String> variables(Connection connection) throws SQLException {
    Map<String, String> values = new TreeMap<>();
    try (Statement statement = connection.createStatement()) {
      statement.execute("SET SESSION max_execution_time = 0, SESSION sql_select_limit = DEFAULT");
    }
    for (String name : HOSTILE.keySet()) {
      if (!name.equals("max_execution_time") && !name.equals("sql_select_limit")) {
        values.put(
            name,
            Query.list(connection, "SELECT @@SESSION." + name, row -> row.getString(1)).getFirst());
      }
    }
    return values;
  }

  private static Map<String, String> variables(MysqlOptions options) throws SQLException {
    try (Mysql mysql = new Mysql(options);
        Connection connection = mysql.connect()) {
      Map<String, String> values = new TreeMap<>();
      for (String name : HOSTILE.keySet()) {
        values.put(
            name,
            Query.list(connection, "SELECT @@SESSION." + name, row -> row.getString(1)).getFirst());
      }
      return values;
    }
  }

  @Test
  void noGlobalVariableReplacesOurs() throws SQLException {
    Map<String, String> before = variables(database.options());
    Map<String, String> plain;
    try (Connection connection = database.connect()) {
      plain = variables(connection);
    }

    makeHostile();

    try (Connection connection = database.connect()) {
      // The test bites: MySQL gives each of them to other sessions.
      assertThat(variables(connection).entrySet()).doesNotContainAnyElementsOf(plain.entrySet());
    }
    assertThat(variables(database.options())).isEqualTo(before);
  }

  @Test
  void noSettingOfTheUrlReplacesOurs() throws SQLException {
    Map<String, String> before = variables(database.options());
    MysqlOptions plain = database.options();
    MysqlOptions hostile =
        new MysqlOptions(
            plain.host(),
            plain.port(),
            plain.user(),
            plain.password(),
            plain.database(),
            plain.poolSize(),
            Map.of(
                "sessionVariables",
                "sql_select_limit=10,sql_mode='ANSI',time_zone='+09:00',tmp_table_size=4096",
                "jdbcCompliantTruncation",
                "true",
                "connectionTimeZone",
                "Asia/Tokyo",
                "forceConnectionTimeZoneToSession",
                "true"));
    assertThat(variables(hostile)).isEqualTo(before);
    try (Mysql mysql = new Mysql(hostile);
        Connection connection = mysql.connect()) {
      // What Orderwire does not depend on is the user's.
      assertThat(Query.list(connection, "SELECT @@tmp_table_size", row -> row.getLong(1)))
          .containsExactly(4096L);
    }
  }

  @Test
  void snapshotsAndMomentsAreWhole() throws Exception {
    TestDatabase followed = TestMysql.database();
    makeHostile();
    // The test's own session creates the table.
    administer(List.of("SET GLOBAL transaction_read_only = 0"));
    try (FollowedOrders orders = new FollowedOrders(followed);
        Mysql writer = new Mysql(followed.options());
        Connection connection = writer.open()) {
      FollowedOrders.run(
          connection,
          "INSERT INTO orders (customer_name) SELECT CONCAT('c', n) FROM ("
              + "SELECT a.n + 10 * b.n + 100 * c.n + 1000 * d.n AS n FROM "
              + digits("a")
              + ", "
              + digits("b")
              + ", "
              + digits("c")
              + ", "
              + digits("d")
              + ") AS numbers WHERE n < 3000");

      orders.recorder.awaitMoments(
          "end of the moment", moments -> moments.stream().anyMatch(Recorder.Moment::complete));
      // One statement is one moment, of several pages.
      assertThat(orders.recorder.moments())
          .filteredOn(Recorder.Moment::complete)
          .allSatisfy(moment -> assertThat(moment.position().covers(3_000)).isTrue());
      assertThat(orders.recorder.changes()).hasSize(3_000);
      assertThat(SnapshotOfTable.read(orders.mysql, orders.catalog.defaultTable()))
          .hasSize(3_000)
          .doesNotHaveDuplicates();
    }
  }

  private static String digits(String alias) {
    return "(SELECT 0 AS n UNION SELECT 1 UNION SELECT 2 UNION SELECT 3 UNION SELECT 4 UNION"
        + " SELECT 5 UNION SELECT 6 UNION SELECT 7 UNION SELECT 8 UNION SELECT 9) AS "
        + alias;
  }

  /** MySQL runs init_connect for users without administrative privileges, before the driver. */
  @Test
  void initConnectChangesNothing() throws SQLException {
    Map<String, String> before = variables(database.options());
    database.execute("CREATE TABLE t (id INT PRIMARY KEY)");
    try (TestUser user =
        TestUser.create(database, "GRANT ALL ON `" + database.name() + "`.* TO %s")) {
      administer(
          List.of(
              "SET GLOBAL init_connect = \"SET autocommit = 0, sql_select_limit = 10,"
                  + " max_execution_time = 1, timestamp = 1, time_zone = '+09:00',"
                  + " sql_mode = 'ANSI_QUOTES', character_set_results = latin1\""));
      try (Connection plain =
          DriverManager.getConnection(
              user.options().jdbcUrl(), user.name(), user.options().password())) {
        assertThat(Query.list(plain, "SELECT @@SESSION.sql_select_limit", row -> row.getString(1)))
            .containsExactly("10");
      }
      assertThat(variables(user.options())).isEqualTo(before);
      try (Mysql mysql = new Mysql(user.options())) {
        new TriggerCapture().install(mysql, List.of("t"), InstallOptions.DEFAULT);
        try (Connection connection = mysql.connect()) {
          FollowedOrders.run(connection, "INSERT INTO t VALUES (1)");
        }
      }
    }
    assertThat(
            database.query(
                "SELECT COUNT(*), MIN(at) > NOW() - INTERVAL 1 HOUR FROM orderwire_change_log"
                    + " WHERE table_name = 't' AND row_key IS NOT NULL"))
        .containsExactly(List.of("1", "1"));
  }
}
