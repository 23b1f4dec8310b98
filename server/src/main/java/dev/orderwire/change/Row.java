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
 * cells are the same value exactly when their texts are equal; two rows are equal that carry the
 * same cells, in whatever order. Never changes.
 */
public final class Row {
  private final Names names;

  /** By place; null for a column that this row does not carry. */
  private final @Nullable String[] texts;

  private Row(Names names, @Nullable String[] texts) {
    this.names = names;
    this.texts = texts;
  }

  /**
   * A row of shared names.
   *
   * @param texts the JSON text of each of the names, at its place; null for a column that the row
   *     does not carry
   * @throws IllegalArgumentException where there are not as many
   */
  public static Row of(Names names, List<@Nullable String> texts) {
    if (texts.size() != names.count()) {
      throw new IllegalArgumentException(
          "%d values for %d columns".formatted(texts.size(), names.count()));
    }
    return new Row(names, texts.toArray(new String[0]));
  }

  /**
   * A row of its own.
   *
   * @param cells column name to JSON text, in the order of the columns
   */
  public static Row of(Map<String, String> cells) {
    return new Row(Names.of(List.copyOf(cells.keySet())), cells.values().toArray(new String[0]));
  }

  /** The JSON text of a column, or null where this row does not carry the column. */
  public @Nullable String json(String column) {
    int place = names.indexOf(column);
    return place < 0 ? null : texts[place];
  }

  /** Each column's name with its JSON text, in the order of the columns. */
  public void forEach(BiConsumer<String, String> action) {
    for (int place = 0; place < texts.length; place++) {
      String text = texts[place];
      if (text != null) {
        action.accept(names.get(place), text);
      }
    }
  }

  /** The same as a map, in the order of the columns. */
  public SequencedMap<String, String> cells() {
    SequencedMap<String, String> cells = LinkedHashMap.newLinkedHashMap(texts.length);
    forEach(cells::put);
    return Collections.unmodifiableSequencedMap(cells);
  }

  /** How many columns it carries. */
  public int size() {
    int size = 0;
    for (String text : texts) {
      size += text == null ? 0 : 1;
    }
    return size;
  }

  /** How many characters its values have, together. */
  public long length() {
    long length = 0;
    for (String text : texts) {
      length += text == null ? 0 : text.length();
    }
    return length;
  }

  /**
   * This row cut to {@code columns}, in their order.
   *
   * @param missing the text for a column that this row does not carry; null to leave it out
   */
  public Row only(Names columns, @Nullable String missing) {
    @Nullable String[] kept = new String[columns.count()];
    for (int place = 0; place < kept.length; place++) {
      String text = json(columns.get(place));
      kept[place] = text == null ? missing : text;
    }
    return new Row(columns, kept);
  }

  /** This row with the cells that {@code other} carries in place of its own. */
  public Row with(Row other) {
    @Nullable String[] replaced = texts.clone();
    for (int place = 0; place < texts.length; place++) {
      String text = other.json(names.get(place));
      replaced[place] = text == null ? texts[place] : text;
    }
    return new Row(names, replaced);
  }

  /** The cells of this row that are not the same in {@code other}: with the values of this row. */
  public Row differingFrom(Row other) {
    @Nullable String[] changed = new String[texts.length];
    for (int place = 0; place < texts.length; place++) {
      String text = texts[place];
      String there = names == other.names ? other.texts[place] : other.json(names.get(place));
      changed[place] = Objects.equals(text, there) ? null : text;
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
