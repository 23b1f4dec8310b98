package dev.orderwire.view;

import dev.orderwire.change.Column;
import dev.orderwire.change.ErrorCode;
import dev.orderwire.change.OrderwireException;
import dev.orderwire.change.Table;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * What a client may see of one table. It holds for every shape of the table.
 *
 * @param role the role in which the client sees it; empty for {@link #EVERYTHING}
 * @param identity tells apart scopes that are not the same, in a canonical form; empty for {@link
 *     #EVERYTHING}
 * @param tag marks the positions of all views with the same rights: a position with another tag
 *     says nothing about them; empty for {@link #EVERYTHING}
 * @param rows the condition of the rows, as a {@code where}; null for every row
 * @param columns the names of the columns; null for all, future ones included
 * @param masks of the columns whose values are hidden
 * @param actor whether the client sees who made a change
 * @param keyCover for a key whose columns are not all visible
 * @param membership what {@code rows} was made of, besides what the client is. An equal scope may
 *     have another one
 */
public record Scope(
    String role,
    String identity,
    String tag,
    @Nullable JsonNode rows,
    @Nullable Set<String> columns,
    Map<String, Mask> masks,
    boolean actor,
    KeyCover keyCover,
    Membership membership) {
  /** Without restrictions. */
  public static final Scope EVERYTHING =
      new Scope("", "", "", null, null, Map.of(), false, new NoCover(), Membership.NONE);

  /** The role of scopes that no client has. */
  private static final String NOBODY = "nobody";

  /**
   * The condition that this thread has parsed last: the views of a client are often made anew in a
   * row, and the list of a lookup may be long.
   */
  private static final ThreadLocal<@Nullable Parsed> LAST = new ThreadLocal<>();

  private record Parsed(Scope scope, Table table, Where condition) {}

  /** What a masked value is in JSON, and a covered key. */
  private static final String TEXT = "text";

  public Scope {
    columns = columns == null ? null : Set.copyOf(columns);
    masks = Map.copyOf(masks);
  }

  /**
   * All columns of the rows that a policy's condition describes. It takes values from claims, so
   * those that do not fit their column equal no row's.
   */
  public static Scope ofRows(JsonNode rows) {
    return new Scope(
        NOBODY, NOBODY, "", rows, null, Map.of(), false, new NoCover(), Membership.NONE);
  }

  /** Whether nothing is restricted. */
  public boolean isEverything() {
    return identity.isEmpty();
  }

  /** Whether this scope differs from another one in nothing but the rows. */
  public boolean hasColumnsOf(Scope other) {
    return actor == other.actor
        && isEverything() == other.isEverything()
        && Objects.equals(columns, other.columns)
        && texts(masks).equals(texts(other.masks));
  }

  private static Map<String, String> texts(Map<String, Mask> masks) {
    return masks.entrySet().stream()
        .collect(Collectors.toMap(Map.Entry::getKey, mask -> mask.getValue().text()));
  }

  /**
   * Refuses a table without a column that is to be masked: it may have been renamed, and would be
   * shown under its new name.
   *
   * @throws OrderwireException {@code policy_misfit}
   */
  void requireFit(Table table) {
    for (String column : masks.keySet()) {
      if (table.column(column).isEmpty()) {
        throw misfit(table, null);
      }
    }
  }

  private static OrderwireException misfit(Table table, @Nullable Throwable cause) {
    return new OrderwireException(
        ErrorCode.POLICY_MISFIT,
        "the policy of table \"%s\" does not fit the table: `orderwire doctor` tells why"
            .formatted(table.name()),
        cause);
  }

  /** The table as the client sees it. */
  public Table visible(Table table) {
    if (isEverything()) {
      return table;
    }
    List<Column> columnsSeen = new ArrayList<>();
    Optional<String> cover = coveredKey(table);
    cover.ifPresent(name -> columnsSeen.add(new Column(name, TEXT, TEXT)));
    table.columns().stream()
        .filter(column -> sees(column.name()))
        .map(this::masked)
        .forEach(columnsSeen::add);
    return new Table(table.name(), columnsSeen, cover.map(List::of).orElse(table.key()));
  }

  /** The columns that the client may name in a condition. */
  Table testable(Table table) {
    if (isEverything()) {
      return table;
    }
    return new Table(
        table.name(),
        table.columns().stream().filter(column -> isPlain(column.name())).toList(),
        List.of());
  }

  /** The name of the column that replaces the key; empty if the client sees the key itself. */
  Optional<String> coveredKey(Table table) {
    if (isEverything() || table.key().stream().allMatch(this::isPlain)) {
      return Optional.empty();
    }
    String name = "_key";
    while (table.column(name).isPresent()) {
      name = "_" + name;
    }
    return Optional.of(name);
  }

  /**
   * The condition of the rows. A value that cannot be one of its column's, such as a word for a
   * number, equals no row's: then there are no rows.
   *
   * @throws OrderwireException {@code policy_misfit} if the table has no such column
   */
  @SuppressWarnings("ReferenceEquality") // Comparing the lists would cost as much as parsing them.
  Where condition(Table table) {
    if (rows == null) {
      return Where.and(List.of());
    }
    Parsed last = LAST.get();
    if (last == null || last.scope() != this || !last.table().equals(table)) {
      last = new Parsed(this, table, parsed(table, rows));
      LAST.set(last);
    }
    return last.condition();
  }

  private static Where parsed(Table table, JsonNode rows) {
    try {
      return WhereParser.parsePolicy(table, rows);
    } catch (OrderwireException e) {
      if (e.code() == ErrorCode.WRONG_TYPE) {
        return Where.or(List.of());
      }
      throw misfit(table, e);
    }
  }

  /**
   * Whether a condition may name the column.
   *
   * @throws OrderwireException {@code masked_column} if the client sees it masked
   */
  void checkTestable(String column) {
    if (masks.containsKey(column) && sees(column)) {
      throw new OrderwireException(
          ErrorCode.MASKED_COLUMN,
          "column \"%s\" is masked for this role: where cannot test it".formatted(column));
    }
  }

  private boolean sees(String column) {
    return columns == null || columns.contains(column);
  }

  /** Whether the client sees the values of the column as they are. */
  public boolean isPlain(String column) {
    return sees(column) && !masks.containsKey(column);
  }

  private Column masked(Column column) {
    return masks.containsKey(column.name()) ? new Column(column.name(), TEXT, TEXT) : column;
  }
}
