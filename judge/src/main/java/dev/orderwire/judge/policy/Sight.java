package dev.orderwire.judge.policy;

import dev.orderwire.judge.table.Column;
import dev.orderwire.judge.table.Filter;
import dev.orderwire.judge.table.Json;
import dev.orderwire.judge.table.RandomViews;
import dev.orderwire.judge.table.ViewSpec;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What an identity may see of a table, evaluated without the server's code: which rows and columns,
 * and what it sees instead of masked values and of a key that it may not see.
 *
 * @param rows null for all
 * @param columns null for all
 * @param masks by the name of the column
 * @param seal null where nothing is masked or covered
 */
public record Sight(
    Rights rights,
    String table,
    @Nullable Filter rows,
    @Nullable List<String> columns,
    Map<String, Masked> masks,
    @Nullable Seal seal)
    implements RandomViews.Visible {
  /** The column by which a lookup decides. */
  public static final String LOOKUP_COLUMN = "grp";

  /** The column that stands for a key that the client may not see. */
  public static final String COVERED_KEY = "_key";

  /** A masked column: as it is, and its mask. */
  record Masked(Column column, Mask mask) {}

  /** Of a table without restrictions. */
  public static Sight everything(String table) {
    return new Sight(Rights.UNRESTRICTED, table, null, null, Map.of(), null);
  }

  /** Of a table that no policy of the role names. */
  public static Sight nothing(String table, Rights rights) {
    return new Sight(rights, table, new Filter.Nothing(), List.of(), Map.of(), null);
  }

  /** Whether it shows the same as another, of the same table. */
  public boolean showsSameAs(Sight other) {
    return Objects.equals(rows, other.rows)
        && Objects.equals(columns, other.columns)
        && masks.equals(other.masks);
  }

  /** The team whose lookup decides; null where none does. */
  public @Nullable String team() {
    return rows instanceof Filter.InLookup lookup ? lookup.team() : null;
  }

  /** Whether the rows depend on a lookup, so that they change without a change of their own. */
  public boolean hasLookup() {
    return rows instanceof Filter.InLookup;
  }

  /**
   * Whether the server reads a lookup for the view. It then resets the view after a reset of the
   * lookup's table, even if no row of the lookup can match the client's claim.
   */
  public boolean asksLookup() {
    return Policies.asksLookup(table, rights.role());
  }

  public boolean isEverything() {
    return rows == null && columns == null && masks.isEmpty();
  }

  /** Whether the client may see a row, of which all columns are given. */
  public boolean allows(JsonNode row) {
    return rows == null || Boolean.TRUE.equals(rows.test(row));
  }

  /** {@link #allows} as SQL. */
  public String sqlCondition() {
    return rows == null ? "TRUE" : rows.sql();
  }

  @Override
  public boolean sees(String column) {
    return columns == null || columns.contains(column);
  }

  @Override
  public boolean seesPlainly(String column) {
    return sees(column) && !masks.containsKey(column);
  }

  /** Whether {@link #COVERED_KEY} stands for a key of these columns. */
  public boolean covers(Collection<String> key) {
    return !key.stream().allMatch(this::seesPlainly);
  }

  @Override
  public @Nullable String coverOf(List<String> key) {
    return covers(key) ? COVERED_KEY : null;
  }

  /** Whether the client may not have a view, as it names what the client may not see or test. */
  public boolean forbids(ViewSpec view) {
    return (columns != null && columns.isEmpty())
        || (view.columns() != null && deniedName(view.columns()) != null)
        || (view.filter() != null && !view.filter().columns().stream().allMatch(this::seesPlainly));
  }

  /**
   * What the client may see of a row.
   *
   * @param key the columns of the table's key, in its order
   */
  public JsonNode shown(JsonNode row, List<String> key) {
    if (isEverything()) {
      return row;
    }
    ObjectNode shown = covers(key) ? shownKey(row, key) : Json.object();
    row.properties().stream()
        .filter(cell -> sees(cell.getKey()))
        .forEach(cell -> {
          Masked masked = masks.get(cell.getKey());
          shown.set(
              cell.getKey(),
              masked == null
                  ? cell.getValue()
                  : Json.text(masked(masked, masked.column().of(cell.getValue()))));
        });
    return shown;
  }

  /** The key of a row as the client sees it, where {@link #covers} is true. */
  public ObjectNode shownKey(JsonNode row, List<String> key) {
    List<String> cells = new ArrayList<>();
    for (String name : key) {
      cells.add(name);
      cells.add(row.path(name).toString());
    }
    return Json.object().put(COVERED_KEY, coveredKey(cells));
  }

  /**
   * The text that stands for a key.
   *
   * @param cells names and values as JSON, by turns, in the key's order
   */
  public String coveredKey(List<String> cells) {
    return Objects.requireNonNull(seal).ofKey(table, cells);
  }

  /**
   * What the client sees of a value that {@link Column} formatted, as {@link Column} formats it.
   */
  public String shown(String column, String json) {
    Masked masked = masks.get(column);
    return masked == null ? json : Json.text(masked(masked, json)).toString();
  }

  private @Nullable String masked(Masked masked, String json) {
    return masked.mask().apply(Objects.requireNonNull(seal), table, masked.column(), json);
  }

  /** What the client may not see among the names of columns; null if it may see them all. */
  public @Nullable String deniedName(Collection<String> names) {
    return names.stream()
        .filter(name -> !name.equals(COVERED_KEY) && !sees(name))
        .findFirst()
        .orElse(null);
  }

  /** What the client may not see in cells that it received; null if it may see them all. */
  public @Nullable String denied(JsonNode cells) {
    for (Map.Entry<String, JsonNode> cell : cells.properties()) {
      String name = cell.getKey();
      JsonNode value = cell.getValue();
      if (name.equals(COVERED_KEY)) {
        continue;
      }
      if (!sees(name)) {
        return "the column " + name;
      }
      Masked masked = masks.get(name);
      if (masked != null
          && !value.isNull()
          && !(value.isString() && masked.mask().fits(value.stringValue()))) {
        return "the masked column %s as %s".formatted(name, value);
      }
    }
    return null;
  }

  /**
   * Whether the client may see a row that it received; true where it does not see all columns that
   * decide it.
   */
  public boolean mayAllow(JsonNode received) {
    return !decides(received) || allows(received);
  }

  /** Whether the row as received has all columns that decide whether the client may see it. */
  public boolean decides(JsonNode received) {
    return rows == null
        || (!hasLookup()
            && rows.columns().stream().allMatch(name -> received.has(name) && seesPlainly(name)));
  }
}
