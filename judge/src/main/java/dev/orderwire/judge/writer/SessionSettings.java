package dev.orderwire.judge.writer;

import dev.orderwire.judge.run.SeededRandom;
import dev.orderwire.judge.run.Tally;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

/**
 * The session variables that a writer changes at random. What its statements write may depend on
 * them; no change that a client receives may, so the judge compares clients with the tables and
 * never with what a writer meant.
 */
final class SessionSettings {
  /**
   * A variable.
   *
   * @param values as SQL
   */
  private record Variable(String name, List<String> values) {}

  private static final List<Variable> VARIABLES =
      List.of(
          new Variable(
              "time_zone",
              List.of("'+00:00'", "'-03:30'", "'+09:00'", "'+13:00'", "'-12:00'", "'SYSTEM'")),
          new Variable(
              "sql_mode",
              List.of(
                  "''",
                  "'TRADITIONAL'",
                  "'ANSI'",
                  "'ANSI_QUOTES,NO_BACKSLASH_ESCAPES,IGNORE_SPACE'",
                  "'ALLOW_INVALID_DATES'",
                  "'PAD_CHAR_TO_FULL_LENGTH'",
                  "'STRICT_TRANS_TABLES,NO_ZERO_DATE,NO_ZERO_IN_DATE,HIGH_NOT_PRECEDENCE'")),
          // Seconds since 1970: in 2006, 2020 and 2037; DEFAULT is the present.
          new Variable(
              "timestamp", List.of("1150000000", "1583020800", "2130000000.123456", "DEFAULT")),
          new Variable("lc_time_names", List.of("'en_US'", "'fi_FI'", "'tr_TR'", "'ar_SA'")),
          new Variable("div_precision_increment", List.of("0", "4", "30")),
          new Variable(
              "collation_connection",
              List.of(
                  "utf8mb4_0900_ai_ci", "utf8mb4_bin", "utf8mb4_turkish_ci", "latin1_swedish_ci")));

  private final SeededRandom random;
  private final Tally tally;

  SessionSettings(SeededRandom random, Tally tally) {
    this.random = random;
    this.tally = tally;
  }

  /** Sets up a new session, which keeps some of the globals. */
  void begin(Statement statement) throws SQLException {
    if (random.percent(70)) {
      statement.execute(
          "SET SESSION TRANSACTION ISOLATION LEVEL "
              + random.pick(List.of("READ COMMITTED", "REPEATABLE READ")));
    }
    for (int i = random.below(VARIABLES.size()); i > 0; i--) {
      changeOne(statement);
    }
  }

  /** Changes a variable now and then. It keeps its value until it changes again. */
  void maybeChange(Statement statement) throws SQLException {
    if (random.percent(15)) {
      changeOne(statement);
    }
  }

  private void changeOne(Statement statement) throws SQLException {
    Variable variable = random.pick(VARIABLES);
    statement.execute(
        "SET SESSION %s = %s".formatted(variable.name(), random.pick(variable.values())));
    tally.count(Tally.Group.SETTINGS, "session " + variable.name() + " changed");
  }
}
