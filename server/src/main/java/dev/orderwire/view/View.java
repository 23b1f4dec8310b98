package dev.orderwire.view;

import static java.util.stream.Collectors.joining;

import dev.orderwire.change.Change;
import dev.orderwire.change.Column;
import dev.orderwire.change.ErrorCode;
import dev.orderwire.change.Names;
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
 * What a subscriber sees of a table: the rows that its {@code where} lets through, cut to its
 * columns. Subscriptions that say the same in other words, or name their columns in another order,
 * are equal and have the same {@link #id}, in every server. A view is made for one shape of its
 * table, and still takes rows from before; once the table is altered it is to be {@link #renewed}.
 * Views for different shapes are never equal, whatever their ids.
 */
public final class View {
  private static final int ID_BYTES = 12;

  private final Table table;
  private final @Nullable JsonNode asked;
  private final Where where;
  private final @Nullable Anchor anchor;
  private final @Nullable List<String> named;
  private final List<Column> columns;
  private final Names names;
  private final String text;
  private final String id;

  private View(
      Table table, @Nullable JsonNode asked, @Nullable List<String> named, @Nullable String id) {
    this.table = table;
    this.asked = asked;
    this.where = asked == null ? Where.and(List.of()) : WhereParser.parse(table, asked);
    this.anchor = narrowest(where.anchors(), table.key());
    this.named = named;
    this.columns = named == null ? table.columns() : Columns.named(named, table);
    this.names = Names.of(columns.stream().map(Column::name).toList());
    this.text =
        "%s where %s: %s"
            .formatted(
                Value.quoted(table.name()),
                where,
                named == null ? "*" : named.stream().map(Value::quoted).collect(joining(", ")));
    this.id = id == null ? hash(text) : id;
  }

  /**
   * Reads a subscription.
   *
   * @param where the JSON object of the contract; null, as a Java or a JSON value, for every row.
   *     It is to be read with big decimals for floats, or digits get lost
   * @param columns names of columns, in any order; null for all that the table has, also later
   * @throws OrderwireException with {@code unknown_column}, {@code wrong_type}, {@code
   *     unknown_operator} or {@code bad_where}
   */
  public static View of(Table table, @Nullable JsonNode where, @Nullable List<String> columns) {
    return new View(
        table,
        where == null || where.isNull() ? null : where,
        columns == null ? null : columns.stream().distinct().sorted().toList(),
        null);
  }

  /**
   * As {@link #of}, with the {@code where} as text.
   *
   * @throws OrderwireException with {@code bad_json} too
   */
  public static View parse(Table table, @Nullable String where, @Nullable List<String> columns) {
    return of(table, where == null ? null : WhereParser.read(where), columns);
  }

  /**
   * The same view of the table in another shape; it keeps its id.
   *
   * @throws OrderwireException as {@link #of}, where the table in that shape has no such view
   */
  public View renewed(Table shape) {
    return shape.equals(table) ? this : new View(shape, asked, named, id);
  }

  /**
   * Names the view by what was asked for: 16 characters of {@code A-Za-z0-9_-}, the same in every
   * server and for every shape of the table.
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

  /** By which values of a row this view can be found; null where it has to be asked each time. */
  @Nullable Anchor anchor() {
    return anchor;
  }

  /** Few rows have the same key; of others that is likelier the fewer values there are. */
  private static @Nullable Anchor narrowest(List<Anchor> anchors, List<String> key) {
    return anchors.stream()
        .min(
            Comparator.comparingInt(
                    (Anchor anchor) -> key.contains(anchor.field().column().name()) ? 0 : 1)
                .thenComparingInt(anchor -> anchor.values().size()))
        .orElse(null);
  }

  /** What MySQL may filter by ahead of {@link #matches}; it may let through more, never less. */
  public Prefilter prefilter() {
    return where.prefilter();
  }

  public boolean matches(Row row) {
    return where.test(row) == Truth.TRUE;
  }

  /** The view's columns of a row; NULL for one that the row does not carry. */
  public Row cut(Row row) {
    return row.only(names, Field.NULL);
  }

  /** What a change is in this view; empty where nothing of it shows here. */
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
          "where has half a surrogate pair in it, which no text in MySQL has",
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
