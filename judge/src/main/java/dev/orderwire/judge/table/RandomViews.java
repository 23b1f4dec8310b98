package dev.orderwire.judge.table;

import dev.orderwire.judge.run.SeededRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Defines random views: any table, any filter, some columns or all. */
public final class RandomViews {
  /** What the client may see of a table. */
  public interface Visible {
    boolean sees(String column);

    /** Whether it sees the values themselves, and may test them. */
    boolean seesPlainly(String column);

    /** The column that stands for a key of these columns; null if the client sees the key. */
    @Nullable String coverOf(List<String> key);
  }

  private final Function<String, List<String>> extraColumns;

  /**
   * @param extraColumns returns the columns that schema changes added to a table
   */
  public RandomViews(Function<String, List<String>> extraColumns) {
    this.extraColumns = extraColumns;
  }

  public ViewSpec next(SeededRandom random) {
    if (random.percent(18)) {
      return AccountTable.withConstantSum(random);
    }
    WatchedTable table = random.pick(WatchedTables.ALL);
    return new ViewSpec(
        table.name(),
        random.percent(20) ? null : filter(table, table.fields(), random, 2),
        random.percent(50) ? null : columns(table, random));
  }

  /**
   * A view that a client may have.
   *
   * @param role the role that the client names; null for none
   * @param visible what it may see of the table
   */
  public ViewSpec next(
      SeededRandom random, WatchedTable table, @Nullable String role, Visible visible) {
    List<Filter.Field> fields =
        table.fields().stream().filter(field -> visible.seesPlainly(field.name())).toList();
    return new ViewSpec(
        table.name(),
        role,
        // Many clients have the same view, as servers must not share it between their rights.
        random.percent(60) || fields.isEmpty() ? null : filter(table, fields, random, 1),
        random.percent(70) ? null : columns(table, visible, random));
  }

  private List<String> columns(WatchedTable table, Visible visible, SeededRandom random) {
    List<String> key = table.columns().subList(0, table.keyLength());
    String cover = visible.coverOf(key);
    List<String> chosen = new ArrayList<>(cover == null ? key : List.of(cover));
    columns(table, random).stream()
        .filter(name -> visible.sees(name) && !chosen.contains(name))
        .forEach(chosen::add);
    return chosen;
  }

  private List<String> columns(WatchedTable table, SeededRandom random) {
    List<String> all = table.columns();
    List<String> chosen = new ArrayList<>(all.subList(0, table.keyLength()));
    all.stream().skip(table.keyLength()).filter(_ -> random.percent(40)).forEach(chosen::add);
    List<String> extra = extraColumns.apply(table.name());
    boolean one = random.percent(30);
    int which = random.below(1_000);
    if (one && !extra.isEmpty()) {
      chosen.add(extra.get(which % extra.size()));
    }
    return chosen;
  }

  private static Filter filter(
      WatchedTable table, List<Filter.Field> fields, SeededRandom random, int depth) {
    Filter.Field field = random.pick(fields);
    String value = table.value(field, random);
    return switch (random.below(depth == 0 ? 5 : 8)) {
      case 0, 1, 2 ->
          new Filter.Compare(field, random.pick(List.of(Filter.Operator.values())), value);
      case 3 ->
          new Filter.In(
              field,
              Stream.generate(() -> table.value(field, random))
                  .limit(random.between(1, 4))
                  .toList());
      case 4 -> new Filter.Null(field, random.percent(50));
      case 5 -> new Filter.Not(filter(table, fields, random, depth - 1));
      case 6 ->
          new Filter.And(
              filter(table, fields, random, depth - 1), filter(table, fields, random, depth - 1));
      default ->
          new Filter.Or(
              filter(table, fields, random, depth - 1), filter(table, fields, random, depth - 1));
    };
  }
}
