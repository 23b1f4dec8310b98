package dev.orderwire.judge.table;

import dev.orderwire.judge.run.SeededRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Defines random views: any table, any filter, some columns or all. */
public final class RandomViews {
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
        random.percent(20) ? null : filter(table, random, 2),
        random.percent(50) ? null : columns(table, random));
  }

  private @Nullable List<String> columns(WatchedTable table, SeededRandom random) {
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

  private static Filter filter(WatchedTable table, SeededRandom random, int depth) {
    Filter.Field field = random.pick(table.fields());
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
      case 5 -> new Filter.Not(filter(table, random, depth - 1));
      case 6 -> new Filter.And(filter(table, random, depth - 1), filter(table, random, depth - 1));
      default -> new Filter.Or(filter(table, random, depth - 1), filter(table, random, depth - 1));
    };
  }
}
