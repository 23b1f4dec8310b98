package dev.orderwire.judge.table;

/**
 * The session variables that the judge's own statements depend on, in the form of the driver's
 * property {@code sessionVariables}. They are set in every session, because the globals may be
 * hostile.
 */
final class SessionVariables {
  /** For checks and schema changes: they read every row, and read and copy every value as it is. */
  static final String OF_THE_JUDGE =
      "time_zone='+00:00',"
          // Stored dates such as 2023-02-31 can be copied.
          + "sql_mode='ALLOW_INVALID_DATES',"
          + "sql_select_limit=18446744073709551615,"
          + "max_join_size=18446744073709551615,"
          + "sql_big_selects=1,"
          + "max_execution_time=0,"
          + "innodb_lock_wait_timeout=5,"
          + "transaction_isolation='REPEATABLE-READ',"
          + "completion_type='NO_CHAIN',"
          + "sql_safe_updates=0,"
          + "sql_auto_is_null=0,"
          + "div_precision_increment=4,"
          + "group_concat_max_len=1048576,"
          + "max_sort_length=1024,"
          + "lc_time_names='en_US'";

  /**
   * For an application. It lives with the globals, apart from those under which its statements
   * would be refused, or its connection closed at each commit.
   */
  static final String OF_AN_APPLICATION =
      "max_join_size=18446744073709551615,"
          + "sql_big_selects=1,"
          + "sql_safe_updates=0,"
          + "completion_type='NO_CHAIN'";

  private SessionVariables() {}
}
