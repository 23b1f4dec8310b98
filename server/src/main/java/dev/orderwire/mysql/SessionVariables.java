package dev.orderwire.mysql;

import static java.util.stream.Collectors.joining;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The session variables that Orderwire's statements depend on, with the values that every session
 * of Orderwire has. Whatever {@code SET GLOBAL}, {@code my.cnf}, {@code init_connect} or the
 * connection URL say, the same statement then gives the same result. A user needs no privilege to
 * set these variables.
 */
final class SessionVariables {
  /** Names and SQL literals, in the order in which they are set. */
  private static final Map<String, String> VALUES = values();

  private SessionVariables() {}

  private static Map<String, String> values() {
    Map<String, String> values = new LinkedHashMap<>();

    // What a value means, and how it is written as text.
    values.put("time_zone", "'+00:00'");
    // A table may hold dates such as 2023-02-31. Without this mode, CAST turns their text into
    // NULL, and a snapshot could not continue after such a key.
    values.put("sql_mode", "'ALLOW_INVALID_DATES'");
    values.put("lc_time_names", "'en_US'");
    values.put("div_precision_increment", "4");
    values.put("default_week_format", "0");
    values.put("sql_quote_show_create", "1");
    // 0: the clock. A fixed time would end up in the change log and in the canary's rows.
    values.put("timestamp", "0");

    // Which rows a statement returns or changes.
    values.put("sql_select_limit", "18446744073709551615");
    values.put("sql_big_selects", "1");
    values.put("max_join_size", "18446744073709551615");
    values.put("sql_auto_is_null", "0");
    values.put("sql_safe_updates", "0");
    values.put("foreign_key_checks", "1");
    values.put("unique_checks", "1");
    values.put("group_concat_max_len", "16777216");
    // ORDER BY compares only so many bytes of a value. A key has up to 3,072 bytes, which some
    // collations expand more than twentyfold.
    values.put("max_sort_length", "131072");
    values.put("sort_buffer_size", "4194304");
    // With less, a search for many ids reads the whole change log.
    values.put("range_optimizer_max_mem_size", "8388608");
    // Otherwise the queries of information_schema can take minutes.
    values.put("optimizer_switch", "'derived_merge=on'");
    values.put("optimizer_search_depth", "62");
    values.put("optimizer_prune_level", "1");

    // What a transaction sees, and how it ends.
    values.put("transaction_isolation", "'READ-COMMITTED'");
    values.put("transaction_read_only", "0");
    values.put("completion_type", "'NO_CHAIN'");

    // How long a statement and its session may take.
    values.put("max_execution_time", "0");
    // LOCK TABLES … WRITE on a watched table locks the change log too. Queries then fail soon,
    // rather than piling up in MySQL.
    values.put("lock_wait_timeout", "10");
    values.put("innodb_lock_wait_timeout", "10");
    values.put("net_read_timeout", "30");
    values.put("net_write_timeout", "600");
    values.put("wait_timeout", "28800");
    return values;
  }

  /**
   * The assignments for Connector/J's property {@code sessionVariables}.
   *
   * @param more assignments of the connection URL; they come first, so that they replace none of
   *     Orderwire's
   */
  static String assignments(@Nullable String more) {
    String own =
        VALUES.entrySet().stream()
            .map(variable -> variable.getKey() + "=" + variable.getValue())
            .collect(joining(","));
    return more == null || more.isBlank() ? own : more + "," + own;
  }
}
