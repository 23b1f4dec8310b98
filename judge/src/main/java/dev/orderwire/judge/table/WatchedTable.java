package dev.orderwire.judge.table;

import dev.orderwire.judge.run.SeededRandom;
import java.util.List;

/**
 * A table that writers write and clients watch. Schema changes keep all columns that are named
 * here.
 */
public interface WatchedTable {
  /**
   * A statement.
   *
   * @param mayCollide whether it may fail with a duplicate key
   */
  record Sql(String text, boolean mayCollide) {}

  String name();

  String createSql();

  /** The columns. Columns that may be part of the key come first. */
  List<String> columns();

  /** The columns that statements write: all but the generated ones. */
  default List<String> writtenColumns() {
    return columns();
  }

  /** How many of the columns may be part of the key. */
  int keyLength();

  /** ALTER TABLE clauses that change the primary key; empty where the key never changes. */
  default List<String> keyChanges() {
    return List.of();
  }

  /** Whether a schema change may empty the table or lose writes to it. */
  default boolean isExpendable() {
    return true;
  }

  /** The columns that filters may compare. */
  List<Filter.Field> fields();

  /** A random value of a field: the digits of a number, or text. */
  String value(Filter.Field field, SeededRandom random);

  /**
   * A random statement that writes to the table. It may match no row.
   *
   * @param rows about how many rows it touches
   */
  Sql statement(SeededRandom random, int rows);

  static String quoted(String text) {
    return "'" + text.replace("'", "''") + "'";
  }
}
