package dev.orderwire.view;

import static java.util.stream.Collectors.joining;

import dev.orderwire.change.Change;
import dev.orderwire.change.Column;
import dev.orderwire.change.ColumnNames;
import dev.orderwire.change.ErrorCode;
import dev.orderwire.change.Op;
import dev.orderwire.change.OrderwireException;
import dev.orderwire.change.Row;
import dev.orderwire.change.Table;
import dev.orderwire.feed.Prefilter;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * What a subscriber sees of a table: the rows that match its {@code where}, cut to its columns.
 * Subscriptions with the same meaning in other words, or with their columns in another order, are
 * equal and have the same {@link #id}, in every server. A view belongs to one shape of its table,
 * and still takes rows from before; once the table is altered, it must be {@link #renewed}. Views
 * of different shapes are never equal, whatever their ids.
 */
public final class View {
  private static final int ID_BYTES = 12;

  private final Table table;
  private final @Nullable JsonNode whereJson;
  private final Where where;
  private final @Nullable IndexedValues indexedValues;
  private final @Nullable List<String> columnNames;
  private final List<Column> columns;
  private final ColumnNames names;
  private final String text;
  private final String id;

  private View(
      Table table,
      @Nullable JsonNode whereJson,
      @Nullable List<String> columnNames,
      @Nullable String id) {
    this.table = table;
    this.whereJson = whereJson;
    this.where = whereJson == null ? Where.and(List.of()) : WhereParser.parse(table, whereJson);
    this.indexedValues = narrowest(where.indexedValues(), table.key());
    this.columnNames = columnNames;
    this.columns = columnNames == null ? table.columns() : Columns.named(columnNames, table);
    this.names = ColumnNames.of(columns.stream().map(Column::name).toList());
    this.text =
        "%s where %s: %s"
            .formatted(
                Value.quoted(table.name()),
                where,
                columnNames == null
                    ? "*"
                    : columnNames.stream().map(Value::quoted).collect(joining(", ")));
    this.id = id == null ? hash(text) : id;
  }

  /**
   * Creates the view of a subscription.
   *
   * @param where the JSON object that docs/reference/protocol.md describes; null, or JSON's null,
   *     for every row. Parse it with big decimals for floats, or digits get lost
   * @param columns names of columns, in any order; null for all columns of the table, future ones
   *     included
   * @throws OrderwireException {@code unknown_column}, {@code wrong_type}, {@code unknown_operator}
   *     or {@code bad_where}
   */
  public static View of(Table table, @Nullable JsonNode where, @Nullable List<String> columns) {
    return new View(
        table,
        where == null || where.isNull() ? null : where,
        columns == null ? null : columns.stream().distinct().sorted().toList(),
        null);
  }

  /**
   * The same view for another shape of the table; it keeps its id.
   *
   * @throws OrderwireException as {@link #of}, if the view does not fit the new shape
   */
  public View renewed(Table shape) {
    return shape.equals(table) ? this : new View(shape, whereJson, columnNames, id);
  }

  /**
   * Identifies the subscription: 16 characters of {@code A-Za-z0-9_-}, the same in every server and
   * for every shape of the table.
   */
  public String id() {
    return id;
  }

  public Table table() {
    return table;
  }

  /** In the table's order, as the cells of the view's rows are. */
  public List<Column> columns() {
    return columns;
  }

  /** By which values of a row this view can be found; null if every change may concern it. */
  @Nullable IndexedValues indexedValues() {
    return indexedValues;
  }

  /**
   * Few rows have the same key. Of other columns, the one with the fewest values is likely to find
   * the fewest rows.
   */
  private static @Nullable IndexedValues narrowest(List<IndexedValues> all, List<String> key) {
    return all.stream()
        .min(
            Comparator.comparingInt(
                    (IndexedValues each) -> key.contains(each.field().column().name()) ? 0 : 1)
                .thenComparingInt(each -> each.values().size()))
        .orElse(null);
  }

  /**
   * What a database may filter by before {@link #matches}; it may let through more rows, never
   * fewer.
   */
  public Prefilter prefilter() {
    return where.prefilter();
  }

  /** Whether this view shows a row. */
  public boolean matches(Row row) {
    return where.test(row) == Truth.TRUE;
  }

  /** The view's columns of a row; NULL for a column that the row does not carry. */
  public Row cut(Row row) {
    return row.only(names, Field.NULL);
  }

  /** What a change is in this view; empty if the view does not show it. */
  public Optional<ViewChange> see(Change change) {
    if (!change.table().equals(table.name())) {
      return Optional.empty();
    }
    Row before = seen(change.before());
    Row after = seen(change.after());
    if (before == null) {
      return after == null ? Optional.empty() : Optional.of(change(change, Op.INSERT, after, null));
    }
    if (after == null) {
      return Optional.of(change(change, Op.DELETE, null, before));
    }
    Row old = before.differingFrom(after);
    return old.isEmpty() ? Optional.empty() : Optional.of(change(change, Op.UPDATE, after, old));
  }

  private @Nullable Row seen(@Nullable Row row) {
    return row != null && matches(row) ? cut(row) : null;
  }

  private static ViewChange change(Change change, Op op, @Nullable Row row, @Nullable Row old) {
    return new ViewChange(change.id(), op, change.key(), row, old, change.at(), change.actor());
  }

  private static String hash(String text) {
    try {
      ByteBuffer bytes = StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(text));
      MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
      sha256.update(bytes);
      return Base64.getUrlEncoder().encodeToString(Arrays.copyOf(sha256.digest(), ID_BYTES));
    } catch (CharacterCodingException e) {
      throw new OrderwireException(
          ErrorCode.BAD_WHERE,
          "where has half a surrogate pair in it, and no text in MySQL has one: send whole characters",
          e);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof View view
        && id.equals(view.id)
        && text.equals(view.text)
        && table.equals(view.table);
  }

  @Override
  public int hashCode() {
    return id.hashCode();
  }

  /** The view in its normal form. */
  @Override
  public String toString() {
    return text;
  }
}
