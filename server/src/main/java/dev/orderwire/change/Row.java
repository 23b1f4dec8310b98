package dev.orderwire.change;

import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SequencedMap;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A row, or some of its columns: each column's name with its value as JSON text, exactly as MySQL
 * encoded it ({@code "pending"} with its quotes, {@code 18446744073709551615}, {@code null}). Two
 * cells have the same value exactly if their texts are equal. Two rows are equal if they carry the
 * same cells, in any order. Immutable.
 */
public final class Row {
  private final ColumnNames names;

  /** By index; null for a column that this row does not carry. */
  private final @Nullable String[] texts;

  private Row(ColumnNames names, @Nullable String[] texts) {
    this.names = names;
    this.texts = texts;
  }

  /**
   * A row that shares its column names with others.
   *
   * @param texts the JSON text of each column, in the order of the names; null for a column that
   *     the row does not carry
   * @throws IllegalArgumentException if there are more or fewer texts than names
   */
  public static Row of(ColumnNames names, List<@Nullable String> texts) {
    if (texts.size() != names.count()) {
      throw new IllegalArgumentException(
          "%d values for %d columns".formatted(texts.size(), names.count()));
    }
    return new Row(names, texts.toArray(new String[0]));
  }

  /**
   * A row with column names of its own.
   *
   * @param cells column name to JSON text, in the order of the columns
   */
  public static Row of(Map<String, String> cells) {
    return new Row(
        ColumnNames.of(List.copyOf(cells.keySet())), cells.values().toArray(new String[0]));
  }

  /** The JSON text of a column, or null where this row does not carry the column. */
  public @Nullable String json(String column) {
    int index = names.indexOf(column);
    return index < 0 ? null : texts[index];
  }

  /** Each column's name with its JSON text, in the order of the columns. */
  public void forEach(BiConsumer<String, String> action) {
    for (int index = 0; index < texts.length; index++) {
      String text = texts[index];
      if (text != null) {
        action.accept(names.get(index), text);
      }
    }
  }

  /** The cells as a map, in the order of the columns. */
  public SequencedMap<String, String> cells() {
    SequencedMap<String, String> cells = LinkedHashMap.newLinkedHashMap(texts.length);
    forEach(cells::put);
    return Collections.unmodifiableSequencedMap(cells);
  }

  /** The number of columns that this row carries. */
  public int size() {
    int size = 0;
    for (String text : texts) {
      size += text == null ? 0 : 1;
    }
    return size;
  }

  /** The number of characters in all its values together. */
  public long length() {
    long length = 0;
    for (String text : texts) {
      length += text == null ? 0 : text.length();
    }
    return length;
  }

  /**
   * Only these columns of the row, in their order.
   *
   * @param missing the text for a column that this row does not carry; null to leave it out
   */
  public Row only(ColumnNames columns, @Nullable String missing) {
    @Nullable String[] kept = new String[columns.count()];
    for (int index = 0; index < kept.length; index++) {
      String text = json(columns.get(index));
      kept[index] = text == null ? missing : text;
    }
    return new Row(columns, kept);
  }

  /** This row with its cells replaced by those that {@code other} carries. */
  public Row with(Row other) {
    @Nullable String[] replaced = texts.clone();
    for (int index = 0; index < texts.length; index++) {
      String text = other.json(names.get(index));
      replaced[index] = text == null ? texts[index] : text;
    }
    return new Row(names, replaced);
  }

  /** The cells whose text differs in {@code other}, with the values of this row. */
  public Row differingFrom(Row other) {
    @Nullable String[] changed = new String[texts.length];
    for (int index = 0; index < texts.length; index++) {
      String text = texts[index];
      String there = names == other.names ? other.texts[index] : other.json(names.get(index));
      changed[index] = Objects.equals(text, there) ? null : text;
    }
    return new Row(names, changed);
  }

  public boolean isEmpty() {
    return size() == 0;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Row row
        && (names == row.names ? Arrays.equals(texts, row.texts) : cells().equals(row.cells()));
  }

  @Override
  public int hashCode() {
    return cells().hashCode();
  }

  @Override
  public String toString() {
    return "Row" + cells();
  }
}
