package dev.orderwire.judge.writer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orderwire.judge.run.SeededRandom;
import dev.orderwire.judge.run.Tally;
import dev.orderwire.judge.table.Database;
import dev.orderwire.judge.table.MysqlError;
import dev.orderwire.judge.table.TableLocks;
import dev.orderwire.judge.table.WatchedTable;
import dev.orderwire.judge.table.WatchedTables;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SessionSettingsTest {
  private static final List<String> VARIABLES =
      List.of(
          "time_zone",
          "sql_mode",
          "lc_time_names",
          "div_precision_increment",
          "collation_connection");

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

  @Test
  void everyStatementOfAWriterWorksUnderEverySetting() throws SQLException {
    SeededRandom random = new SeededRandom(2, "writer");
    Transfers transfers = new Transfers(random, new TableLocks());
    List<String> failures = new ArrayList<>();
    for (int session = 0; session < 15; session++) {
      try (Connection connection = database.connectAsApplication();
          Statement statement = connection.createStatement()) {
        SessionSettings settings = new SessionSettings(random, new Tally());
        settings.begin(statement);
        for (int i = 0; i < 100; i++) {
          settings.maybeChange(statement);
          for (WatchedTable table : WatchedTables.ALL) {
            execute(statement, table.statement(random, random.between(1, 5)), failures);
          }
          transfer(transfers, statement, failures);
        }
      }
    }
    assertThat(failures).isEmpty();
    // What the session says shows in the tables, so a session that matters was among them.
    assertThat(read("SELECT DISTINCT day_name FROM doc WHERE day_name IS NOT NULL").size())
        .isGreaterThan(1);
    assertThat(read("SELECT DISTINCT YEAR(seen) FROM doc WHERE seen IS NOT NULL").size())
        .isGreaterThan(1);
    assertThat(read("SELECT DISTINCT CAST(day AS CHAR) FROM doc"))
        .contains("2023-02-31", "0000-00-00");
  }

  @Test
  void everyVariableChangesAndTheTimestampGoesBackAndForth() throws SQLException {
    Tally tally = new Tally();
    SessionSettings settings = new SessionSettings(new SeededRandom(2, "writer"), tally);
    Set<String> seen = new HashSet<>();
    Set<String> years = new HashSet<>();
    try (Connection connection = database.connectAsApplication();
        Statement statement = connection.createStatement()) {
      for (int i = 0; i < 1_000; i++) {
        settings.maybeChange(statement);
        for (String variable : VARIABLES) {
          seen.add(variable + "=" + read(statement, "SELECT @@" + variable).getFirst());
        }
        years.add(read(statement, "SELECT CAST(YEAR(NOW()) AS UNSIGNED)").getFirst());
      }
    }
    for (String variable : VARIABLES) {
      assertThat(seen.stream().filter(each -> each.startsWith(variable + "=")).count())
          .as("values of %s", variable)
          .isGreaterThan(2);
    }
    assertThat(years).contains("2020", "2037").hasSize(4);
    assertThat(tally.of(Tally.Group.SETTINGS)).containsKey("session timestamp changed");
  }

  private static void execute(Statement statement, WatchedTable.Sql sql, List<String> failures) {
    try {
      statement.executeUpdate(sql.text());
    } catch (SQLException e) {
      if (!(sql.mayCollide() && e.getErrorCode() == MysqlError.DUPLICATE_KEY)) {
        failures.add(e.getErrorCode() + " " + e.getMessage() + ": " + sql.text());
      }
    }
  }

  private static void transfer(Transfers transfers, Statement statement, List<String> failures) {
    try {
      transfers.several(statement);
    } catch (Transfers.MissingAccount e) {
      // The writer rolls back.
    } catch (SQLException e) {
      failures.add("transfer: " + e);
    }
  }

  private static List<String> read(String query) throws SQLException {
    try (Connection connection = database.connect();
        Statement statement = connection.createStatement()) {
      return read(statement, query);
    }
  }

  private static List<String> read(Statement statement, String query) throws SQLException {
    List<String> texts = new ArrayList<>();
    try (ResultSet rows = statement.executeQuery(query)) {
      while (rows.next()) {
        texts.add(rows.getString(1));
      }
    }
    return texts;
  }
}
