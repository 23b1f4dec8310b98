package dev.orderwire.judge;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Makes random views: of any table, with any filter, of some columns or all. */
final class Wishes {
  private final Function<String, List<String>> extraColumns;

  /**
   * @param extraColumns the columns of a table beyond those that it always has
   */
  Wishes(Function<String, List<String>> extraColumns) {
    this.extraColumns = extraColumns;
  }

  Wish any(Chance chance) {
    if (chance.percent(18)) {
      return Accounts.constant(chance);
    }
    WatchedTable table = chance.of(WatchedTables.ALL);
    return new Wish(
        table.name(),
        chance.percent(20) ? null : filter(table, chance, 2),
        chance.percent(50) ? null : columns(table, chance));
  }

  private @Nullable List<String> columns(WatchedTable table, Chance chance) {
    List<String> all = table.columns();
    List<String> chosen = new ArrayList<>(all.subList(0, table.keyLength()));
    all.stream().skip(table.keyLength()).filter(_ -> chance.percent(40)).forEach(chosen::add);
    List<String> extra = extraColumns.apply(table.name());
    boolean one = chance.percent(30);
    int which = chance.below(1_000);
    if (one && !extra.isEmpty()) {
      chosen.add(extra.get(which % extra.size()));
    }
    return chosen;
  }

  private static Filter filter(WatchedTable table, Chance chance, int depth) {
    Filter.Field field = chance.of(table.fields());
    String value = table.value(field, chance);
    return switch (chance.below(depth == 0 ? 5 : 8)) {
      case 0, 1, 2 ->
          new Filter.Compare(field, chance.of(List.of(Filter.Operator.values())), value);
      case 3 ->
          new Filter.In(
              field,
              Stream.generate(() -> table.value(field, chance))
                  .limit(chance.between(1, 4))
                  .toList());
      case 4 -> new Filter.Null(field, chance.percent(50));
      case 5 -> new Filter.Not(filter(table, chance, depth - 1));
      case 6 -> new Filter.And(filter(table, chance, depth - 1), filter(table, chance, depth - 1));
      default -> new Filter.Or(filter(table, chance, depth - 1), filter(table, chance, depth - 1));
    };
  }
}
