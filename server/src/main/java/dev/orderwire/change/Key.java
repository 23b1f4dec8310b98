package dev.orderwire.change;

/**
 * Identifies a row in its table: the columns of the primary key, or of the unique not-null key that
 * is used in its place, in the key's order.
 */
public record Key(Row columns) {
  public Key {
    if (columns.isEmpty()) {
      throw new IllegalArgumentException("a key must have at least one column");
    }
  }
}
