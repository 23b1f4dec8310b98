package dev.orderwire.judge.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.orderwire.judge.run.Tally;
import dev.orderwire.judge.table.Database;
import dev.orderwire.judge.table.MysqlError;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.assertj.core.api.ThrowingConsumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** On a MySQL of its own, whose globals it ruins. */
final class HostileGlobalsTest {
  private static final int ACCOUNTS = 3_200;

  @TempDir private static Path folder;
  private static Database database;

  @BeforeAll
  static void start() throws SQLException {
    database = new Database(folder.resolve("mysql"), List.of());
    database.create();
  }

  @AfterAll
  static void stop() {
    database.close();
  }

  @BeforeEach
  void allAsInstalled() throws Exception {
    Map<String, String> defaults = new TreeMap<>();
    HostileGlobals.VALUES.keySet().forEach(variable -> defaults.put(variable, "DEFAULT"));
    database.setGlobals(defaults);
  }

  @Test
  void aNaiveReaderLosesRowsAndTheJudgeReadsAll() throws Exception {
    set("sql_select_limit", "10");
    assertThat(naive("SELECT id FROM account")).hasSize(10);
    assertThat(judge("SELECT id FROM account")).hasSize(ACCOUNTS);
  }

  @Test
  void aNaiveReaderIsInterruptedAndTheJudgeIsNot() throws Exception {
    String slow = "SELECT COUNT(*) FROM account a JOIN account b WHERE a.id + b.id < 0";
    set("max_execution_time", "5");
    assertThatThrownBy(() -> naive(slow)).satisfies(isExpected(3024));
    assertThat(judge(slow)).containsExactly("0");
  }

  @Test
  void aWriterExpectsThatItsLockWaitEnds() throws Exception {
    set("innodb_lock_wait_timeout", "1");
    try (Connection holding = database.connectAsApplication();
        Connection waiting = database.connectAsApplication();
        Statement first = holding.createStatement();
        Statement second = waiting.createStatement()) {
      holding.setAutoCommit(false);
      first.executeUpdate("UPDATE account SET owner = 'first' WHERE id = 1");
      assertThatThrownBy(
              () -> second.executeUpdate("UPDATE account SET owner = 'second' WHERE id = 1"))
          .satisfies(isExpected(1205));
      holding.rollback();
    }
  }

  @Test
  void aNaiveReaderSeesOtherTimesAndTheJudgeDoesNot() throws Exception {
    String time = "SELECT CAST(FROM_UNIXTIME(0) AS CHAR)";
    set("time_zone", "'+09:00'");
    assertThat(naive(time)).containsExactly("1970-01-01 09:00:00");
    assertThat(judge(time)).containsExactly("1970-01-01 00:00:00");
  }

  @Test
  void aNaiveReaderSeesOtherTextAndTheJudgeDoesNot() throws Exception {
    execute("INSERT INTO doc (id, big, mark) VALUES (1, 1, 'ab')");
    set("sql_mode", "'PAD_CHAR_TO_FULL_LENGTH'");
    assertThat(naive("SELECT mark FROM doc")).containsExactly("ab      ");
    assertThat(judge("SELECT mark FROM doc")).containsExactly("ab");
    set("sql_mode", "'ANSI_QUOTES'");
    assertThat(judge("SELECT \"text\"")).containsExactly("text");
    assertThatThrownBy(() -> naive("SELECT \"text\"")).isInstanceOf(SQLException.class);
    execute("DELETE FROM doc");
  }

  @Test
  void everyValueReachesNaiveSessionsAndNoneThoseOfTheJudge() throws Exception {
    for (Map.Entry<String, List<String>> variable : HostileGlobals.VALUES.entrySet()) {
      String read = "SELECT @@SESSION." + variable.getKey();
      List<String> pinned = judge(read);
      List<List<String>> seen = new ArrayList<>();
      for (String value : variable.getValue()) {
        set(variable.getKey(), value);
        seen.add(naive(read));
        assertThat(judge(read)).as("%s under %s", variable.getKey(), value).isEqualTo(pinned);
      }
      assertThat(seen).as("the values of %s", variable.getKey()).doesNotHaveDuplicates();
      assertThat(seen).anyMatch(each -> !each.equals(pinned));
    }
  }

  @Test
  void theJudgeWorksUnderRandomGlobalsAndARestartOfMysqlKeepsThem() throws Exception {
    Tally tally = new Tally();
    HostileGlobals globals = new HostileGlobals(7, database, tally);
    for (int i = 0; i < 20; i++) {
      globals.change();
      assertThat(judge("SELECT id FROM account")).hasSize(ACCOUNTS);
    }
    List<String> before = judge(allGlobals());
    database.crash(Duration.ZERO);
    assertThat(judge(allGlobals())).isEqualTo(before);
    assertThat(tally.of(Tally.Group.SETTINGS)).containsKey("global variables changed");
  }

  private static ThrowingConsumer<Throwable> isExpected(int code) {
    return thrown -> {
      assertThat(thrown).isInstanceOf(SQLException.class);
      assertThat(((SQLException) thrown).getErrorCode()).isEqualTo(code);
      assertThat(MysqlError.isExpected((SQLException) thrown)).isTrue();
    };
  }

  private static String allGlobals() {
    List<String> variables = new ArrayList<>();
    HostileGlobals.VALUES.keySet().forEach(name -> variables.add("@@GLOBAL." + name));
    return "SELECT CONCAT_WS(';', " + String.join(", ", variables) + ")";
  }

  private static void set(String variable, String value) throws Exception {
    database.setGlobals(Map.of(variable, value));
  }

  private static void execute(String sql) throws SQLException {
    try (Connection connection = database.connect();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private static List<String> judge(String query) throws SQLException {
    try (Connection connection = database.connect()) {
      return read(connection, query);
    }
  }

  /** Reads in a session that sets no variable. */
  private static List<String> naive(String query) throws SQLException {
    String url =
        "jdbc:mysql://127.0.0.1:%d/%s?sslMode=DISABLED&allowPublicKeyRetrieval=true"
            .formatted(database.port(), Database.NAME);
    try (Connection connection =
        DriverManager.getConnection(url, database.user(), database.password())) {
      return read(connection, query);
    }
  }

  private static List<String> read(Connection connection, String query) throws SQLException {
    List<String> texts = new ArrayList<>();
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(query)) {
      while (rows.next()) {
        texts.add(rows.getString(1));
      }
    }
    return texts;
  }
}
