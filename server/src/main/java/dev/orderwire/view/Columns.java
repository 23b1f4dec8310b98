package dev.orderwire.view;

import dev.orderwire.change.OrderwireException;
import dev.orderwire.changelog.Column;
import dev.orderwire.changelog.Table;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** The columns that a subscriber names. */
final class Columns {
  private static final int LONGEST_NAME = 64;

  private Columns() {}

  /**
   * @throws OrderwireException {@code unknown_column} where the table has none of that name
   */
  static Column named(String name, Table table) {
    return table.column(name).orElseThrow(() -> unknown(name, table));
  }

  /**
   * The columns of those names, each once, in the table's order.
   *
   * @throws OrderwireException {@code unknown_column} where the table lacks one
   */
  static List<Column> named(Collection<String> names, Table table) {
    Set<Column> named = new HashSet<>();
    names.forEach(name -> named.add(named(name, table)));
    return table.columns().stream().filter(named::contains).toList();
  }

  private static OrderwireException unknown(String name, Table table) {
    String asked = name.length() <= LONGEST_NAME ? name : name.substring(0, LONGEST_NAME) + '…';
    String nearest =
        table.columnNames().stream()
            .min(Comparator.comparingInt(column -> distance(asked, column)))
            .orElseThrow();
    return new OrderwireException(
        "unknown_column",
        "table \"%s\" has no column \"%s\"; the nearest is \"%s\""
            .formatted(table.name(), asked, nearest));
  }

  /** How many letters must be added, taken away or replaced to make one name the other. */
  private static int distance(String left, String right) {
    String l = left.toLowerCase(Locale.ROOT);
    String r = right.toLowerCase(Locale.ROOT);
    int[] above = new int[r.length() + 1];
    for (int j = 0; j <= r.length(); j++) {
      above[j] = j;
    }
    for (int i = 1; i <= l.length(); i++) {
      int[] row = new int[r.length() + 1];
      row[0] = i;
      for (int j = 1; j <= r.length(); j++) {
        int replaced = above[j - 1] + (l.charAt(i - 1) == r.charAt(j - 1) ? 0 : 1);
        row[j] = Math.min(replaced, 1 + Math.min(above[j], row[j - 1]));
      }
      above = row;
    }
    return above[r.length()];
  }
}
