package dev.orderwire.change;

/**
 * What identifies a row in its table: the columns of its primary key, or of the unique not-null key
 * that stands in for one, in the key's order.
 */
public record Key(Row columns) {
  public Key {
    if (columns.isEmpty()) {
      throw new IllegalArgumentException("a key has at least one column");
    }
  }
}
