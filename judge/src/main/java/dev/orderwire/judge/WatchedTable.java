package dev.orderwire.judge;

import java.util.List;

/** A table that writers write and clients watch. Its columns named here outlive schema changes. */
interface WatchedTable {
  /**
   * A statement.
   *
   * @param mayCollide whether it may meet a key that is there already
   */
  record Sql(String text, boolean mayCollide) {}

  String name();

  String createSql();

  /** Those that are or may become part of the key come first. */
  List<String> columns();

  /** How many of the columns are or may become part of the key. */
  int keyLength();

  /** What ALTER TABLE can do to the key; none where it stays. */
  default List<String> keys() {
    return List.of();
  }

  /** Whether all rows may go at once, or be lost between two tables. */
  default boolean isExpendable() {
    return true;
  }

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
