package dev.orderwire.judge;

import java.util.List;

/** A table that writers write and clients watch. Its columns named here outlive schema changes. */
interface WatchedTable {
  /** All of them; the first is the servers' default table. */
  List<WatchedTable> ALL = List.of(new Items(), new Accounts(), new Stocks(), new Docs());

  /**
   * A statement.
   *
   * @param mayCollide whether it may meet a key that is there already
   */
  record Sql(String text, boolean mayCollide) {}

  String name();

  String createSql();

  /** The key's columns first. */
  List<String> columns();

  int keyLength();

  /** What filters may be about. */
  List<Filter.Field> fields();

  /** A value of that field, as a number's digits or as text. */
  String value(Filter.Field field, Chance chance);

  /**
   * A statement that changes the table, or one row or none of it.
   *
   * @param rows about how many rows it touches
   */
  Sql statement(Chance chance, int rows);

  static String quoted(String text) {
    return "'" + text.replace("'", "''") + "'";
  }
}
