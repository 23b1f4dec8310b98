package dev.orderwire.judge.fault;

import dev.orderwire.judge.run.SeededRandom;
import dev.orderwire.judge.run.Tally;
import dev.orderwire.judge.table.Database;
import java.io.IOException;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Global variables with values that change or refuse what a session reads and writes. They hold in
 * every new session, and survive a restart of MySQL. They are not healed: a round is checked under
 * them.
 */
public final class HostileGlobals {
  /**
   * The values of each variable, as SQL. Values that no statement could live with are left out: a
   * select limit of 0 makes the driver's own queries fail.
   */
  static final Map<String, List<String>> VALUES =
      new TreeMap<>(
          Map.ofEntries(
              Map.entry("sql_select_limit", List.of("1", "10", "100")),
              Map.entry("max_join_size", List.of("1", "1000", "DEFAULT")),
              // In milliseconds.
              Map.entry("max_execution_time", List.of("5", "50", "300")),
              Map.entry("time_zone", List.of("'+09:00'", "'-11:30'", "'+05:45'", "'SYSTEM'")),
              Map.entry(
                  "sql_mode",
                  List.of(
                      "'ANSI'",
                      "'TRADITIONAL,ANSI_QUOTES'",
                      "'ALLOW_INVALID_DATES,NO_UNSIGNED_SUBTRACTION'",
                      "'STRICT_ALL_TABLES,NO_ZERO_DATE,NO_ZERO_IN_DATE,ERROR_FOR_DIVISION_BY_ZERO'",
                      "'PAD_CHAR_TO_FULL_LENGTH,NO_BACKSLASH_ESCAPES'",
                      "'PAD_CHAR_TO_FULL_LENGTH,ANSI_QUOTES,HIGH_NOT_PRECEDENCE,IGNORE_SPACE'",
                      "'NO_AUTO_VALUE_ON_ZERO,ONLY_FULL_GROUP_BY,TIME_TRUNCATE_FRACTIONAL'",
                      "''")),
              // In seconds.
              Map.entry("innodb_lock_wait_timeout", List.of("1")),
              Map.entry(
                  "transaction_isolation",
                  List.of("'SERIALIZABLE'", "'READ-UNCOMMITTED'", "'REPEATABLE-READ'")),
              Map.entry("completion_type", List.of("'CHAIN'", "'RELEASE'", "'NO_CHAIN'")),
              Map.entry("sql_safe_updates", List.of("1", "0")),
              Map.entry("sql_auto_is_null", List.of("1", "0")),
              Map.entry("div_precision_increment", List.of("0", "30", "4")),
              Map.entry("group_concat_max_len", List.of("4", "1024")),
              Map.entry("max_sort_length", List.of("4", "1024")),
              Map.entry("lc_time_names", List.of("'fi_FI'", "'tr_TR'", "'ar_SA'", "'en_US'"))));

  private final SeededRandom random;
  private final Database database;
  private final Tally tally;

  public HostileGlobals(long seed, Database database, Tally tally) {
    this.random = new SeededRandom(seed, "settings");
    this.database = database;
    this.tally = tally;
  }

  /** Gives every variable another random value. Sessions that exist keep theirs. */
  public void change() throws SQLException, IOException {
    Map<String, String> chosen = new TreeMap<>();
    VALUES.forEach((variable, values) -> chosen.put(variable, random.pick(values)));
    database.setGlobals(chosen);
    tally.count(Tally.Group.SETTINGS, "global variables changed", chosen.size());
  }
}
