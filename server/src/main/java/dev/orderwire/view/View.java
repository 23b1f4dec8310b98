package dev.orderwire.view;

import static java.util.stream.Collectors.joining;

import dev.orderwire.change.Change;
import dev.orderwire.change.Column;
import dev.orderwire.change.ColumnNames;
import dev.orderwire.change.ErrorCode;
import dev.orderwire.change.Key;
import dev.orderwire.change.Op;
import dev.orderwire.change.OrderwireException;
import dev.orderwire.change.Position;
import dev.orderwire.change.Row;
import dev.orderwire.change.Table;
import dev.orderwire.feed.Prefilter;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * What a subscriber sees of a table: of the rows that its {@link Scope} lets it see, those that
 * match its {@code where}, cut to its columns. Subscriptions with the same meaning in other words,
 * or with their columns in another order, have the same {@link #id}, in every server. They are
 * equal, and share their messages, only if their scopes are the same too. A view belongs to one
 * shape of its table, and still takes rows from before; once the table is altered, it must be
 * {@link #renewed}. Views of different shapes are never equal, whatever their ids.
 */
public final class View {
  private static final int ID_BYTES = 12;

  private final Table table;
  private final Scope scope;
  private final Table visible;
  private final @Nullable JsonNode whereJson;

  /** The rows of the scope. */
  private final Where allowed;

  /** The rows of the view. */
  private final Where where;

  private final @Nullable IndexedValues indexedValues;
  private final @Nullable List<String> columnNames;
  private final List<Column> columns;
  private final ColumnNames names;
  private final ColumnNames keyNames;
  private final @Nullable String coveredKey;
  private final String text;
  private final String id;

  private View(
      Table table,
      Scope scope,
      @Nullable JsonNode whereJson,
      WhereLimits limits,
      @Nullable List<String> columnNames,
      @Nullable String id) {
    this.table = table;
    this.scope = scope;
    scope.requireFit(table);
    this.visible = scope.visible(table);
    this.whereJson = whereJson;
    this.allowed = scope.condition(table);
    Where asked =
        whereJson == null
            ? Where.and(List.of())
            : WhereParser.parse(table, scope, whereJson, limits);
    this.where = Where.and(List.of(allowed, asked));
    this.indexedValues = narrowest(where.indexedValues(), table.key());
    this.columnNames = columnNames;
    this.columns = columnNames == null ? visible.columns() : Columns.named(columnNames, visible);
    this.names = ColumnNames.of(columns.stream().map(Column::name).toList());
    this.keyNames = ColumnNames.of(table.key());
    this.coveredKey = scope.coveredKey(table).orElse(null);
    this.text =
        "%s where %s: %s"
            .formatted(
                Value.quoted(table.name()),
                asked,
                columnNames == null
                    ? "*"
                    : columnNames.stream().map(Value::quoted).collect(joining(", ")));
    this.id = id == null ? hash(text) : id;
  }

  /** As {@link #of(Table, Scope, JsonNode, WhereLimits, List)}, without restrictions. */
  public static View of(Table table, @Nullable JsonNode where, @Nullable List<String> columns) {
    return of(table, Scope.EVERYTHING, where, columns);
  }

  /** As {@link #of(Table, Scope, JsonNode, WhereLimits, List)}, with the default limits. */
  public static View of(
      Table table, Scope scope, @Nullable JsonNode where, @Nullable List<String> columns) {
    return of(table, scope, where, WhereLimits.DEFAULT, columns);
  }

  /**
   * Creates the view of a subscription.
   *
   * @param scope what the subscriber may see of the table
   * @param where the JSON object that docs/reference/protocol.md describes; null, or JSON's null,
   *     for every row. Parse it with big decimals for floats, or digits get lost
   * @param limits how large the {@code where} may be
   * @param columns names of columns, in any order; null for all columns of the table, future ones
   *     included
   * @throws OrderwireException {@code unknown_column}, {@code masked_column}, {@code wrong_type},
   *     {@code unknown_operator} or {@code bad_where}; {@code policy_misfit}
   */
  public static View of(
      Table table,
      Scope scope,
      @Nullable JsonNode where,
      WhereLimits limits,
      @Nullable List<String> columns) {
    return new View(
        table,
        scope,
        where == null || where.isNull() ? null : where,
        limits,
        columns == null ? null : columns.stream().distinct().sorted().toList(),
        null);
  }

  /**
   * The same view for a client that may see something else of the table; it keeps its id.
   *
   * @throws OrderwireException as {@link #of(Table, Scope, JsonNode, WhereLimits, List)}, if the
   *     view tests or names a column that is not visible
   */
  public View in(Scope other) {
    return new View(table, other, whereJson, WhereLimits.NONE, columnNames, id);
  }

  /**
   * The same view for another shape of the table; it keeps its id.
   *
   * @throws OrderwireException as {@link #of}, if the view does not fit the new shape
   */
  public View renewed(Table shape) {
    return shape.equals(table)
        ? this
        : new View(shape, scope, whereJson, WhereLimits.NONE, columnNames, id);
  }

  /**
   * Identifies the subscription: 16 characters of {@code A-Za-z0-9_-}, the same in every server and
   * for every shape of the table.
   */
  public String id() {
    return id;
  }

  /** The table with all its columns. Clients see the {@link #key} and the {@link #columns}. */
  public Table table() {
    return table;
  }

  public Scope scope() {
    return scope;
  }

  /** The names of the columns by which clients tell rows apart. */
  public List<String> key() {
    return visible.key();
  }

  /** The text of a position for clients of this view, which they can resume it with. */
  public String textOf(Position position) {
    return MarkedPosition.text(position, scope.tag());
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

  /** Whether the scope lets the client see a row, whatever the {@code where} of this view. */
  public boolean allows(Row row) {
    return allowed.test(row) == Truth.TRUE;
  }

  /** Whether this view shows a row. */
  public boolean matches(Row row) {
    return where.test(row) == Truth.TRUE;
  }

  /** The view's columns of a row; NULL for a column that the row does not carry. */
  public Row cut(Row row) {
    Row cut = row.only(names, Field.NULL);
    if (scope.masks().isEmpty() && coveredKey == null) {
      return cut;
    }
    Map<String, String> covered = new HashMap<>();
    scope
        .masks()
        .forEach((column, mask) -> {
          String json = cut.json(column);
          if (json != null && !json.equals(Field.NULL)) {
            covered.put(column, mask.apply(json));
          }
        });
    if (coveredKey != null) {
      covered.put(coveredKey, cover(row));
    }
    return cut.with(Row.of(covered));
  }

  /** The key of a row as a client gives it back, to read on behind the row. */
  public Key pageKey(Row row) {
    Key key = new Key(row.only(keyNames, null));
    return coveredKey == null
        ? key
        : new Key(Row.of(Map.of(coveredKey, quoted(scope.keyCover().lock(table.name(), key)))));
  }

  /** The key in what {@link #pageKey} returned; empty if that never returned it. */
  public Optional<Key> keyOf(Key pageKey) {
    if (coveredKey == null) {
      return Optional.of(pageKey);
    }
    String json = pageKey.columns().json(coveredKey);
    return json == null || !json.startsWith("\"")
        ? Optional.empty()
        : scope.keyCover().unlock(table.name(), Json.unquoted(json));
  }

  /** A key of the table as clients of this view see it. */
  public Key shown(Key key) {
    return key(key.columns(), key);
  }

  /** The row's key as clients see it. */
  private Key key(Row row, Key key) {
    return coveredKey == null ? key : new Key(Row.of(Map.of(coveredKey, cover(row))));
  }

  private String cover(Row row) {
    return quoted(scope.keyCover().cover(table.name(), new Key(row.only(keyNames, null))));
  }

  private static String quoted(String text) {
    return '"' + text + '"';
  }

  /** What a change is in this view; empty if the view does not show it. */
  public Optional<ViewChange> see(Change change) {
    return see(change, this);
  }

  /**
   * What a change is for a client that has seen the row in another view before.
   *
   * @param earlier differs only in its rows
   */
  public Optional<ViewChange> see(Change change, View earlier) {
    if (!change.table().equals(table.name())) {
      return Optional.empty();
    }
    Row before = earlier.seen(change.before());
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

  /**
   * What it is for a client that has seen a row in another view, or not, that the row is seen in
   * this view, or not; empty if it makes no difference.
   *
   * @param earlier differs only in its rows
   * @param at when the client was allowed the other view
   */
  public Optional<ViewChange> see(Row row, View earlier, Instant at) {
    boolean before = earlier.matches(row);
    boolean after = matches(row);
    if (before == after) {
      return Optional.empty();
    }
    Key key = key(row, new Key(row.only(keyNames, null)));
    return Optional.of(
        after
            ? new ViewChange(ViewChange.NONE, Op.INSERT, key, cut(row), null, false, at, null)
            : new ViewChange(ViewChange.NONE, Op.DELETE, key, null, cut(row), true, at, null));
  }

  /** What a database may filter by to find the rows that only one of two views shows. */
  public Prefilter prefilterOfEither(View other) {
    return Where.either(other.where, where).prefilter();
  }

  /** Whether two views show the same rows, as far as their conditions tell. */
  public boolean hasRowsOf(View other) {
    return where.toString().equals(other.where.toString());
  }

  /** Whether the row of a change is there afterwards, and not for clients of this view. */
  private boolean isHidden(Change change) {
    Row after = change.after();
    return after != null && !allows(after);
  }

  private @Nullable Row seen(@Nullable Row row) {
    return row != null && matches(row) ? cut(row) : null;
  }

  private ViewChange change(Change change, Op op, @Nullable Row row, @Nullable Row old) {
    Row whole = Objects.requireNonNull(change.after() == null ? change.before() : change.after());
    return new ViewChange(
        change.id(),
        op,
        key(whole, change.key()),
        row,
        old,
        op == Op.DELETE && isHidden(change),
        change.at(),
        change.actor());
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
        && scope.identity().equals(view.scope.identity())
        && scope.tag().equals(view.scope.tag())
        && table.equals(view.table);
  }

  @Override
  public int hashCode() {
    return 31 * id.hashCode() + scope.identity().hashCode();
  }

  /** The view in its normal form. */
  @Override
  public String toString() {
    return text;
  }
}
