package dev.orderwire.view;

import dev.orderwire.change.Column;
import dev.orderwire.change.Row;
import org.jspecify.annotations.Nullable;

/** A column that a condition tests, with the type that its values are compared by. */
record Field(Column column, ValueType type) {
  /** The cell of a NULL. */
  static final String NULL = "null";

  Field(Column column) {
    this(column, ValueType.of(column));
  }

  /**
   * The column's value in a row. Null for NULL, and for a cell of another type: the row is from
   * before the column was altered.
   */
  @Nullable Value in(Row row) {
    String json = row.json(column.name());
    return json == null || json.equals(NULL) ? null : type.read(json);
  }

  /** True also if the row does not carry the column: it is from before the column was added. */
  boolean isNullIn(Row row) {
    String json = row.json(column.name());
    return json == null || json.equals(NULL);
  }

  /** The column's name in quotes. */
  @Override
  public String toString() {
    return Value.quoted(column.name());
  }
}
