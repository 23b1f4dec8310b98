package dev.orderwire.view;

import dev.orderwire.change.Column;
import dev.orderwire.change.ErrorCode;
import dev.orderwire.change.Nearest;
import dev.orderwire.change.OrderwireException;
import dev.orderwire.change.Table;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Finds the columns that a subscriber names. */
final class Columns {
  private static final int LONGEST_NAME = 64;

  private Columns() {}

  /**
   * @throws OrderwireException {@code unknown_column} if the table has no column of this name
   */
  static Column named(String name, Table table) {
    return table.column(name).orElseThrow(() -> unknown(name, table));
  }

  /**
   * The columns of these names, each once, in the table's order.
   *
   * @throws OrderwireException {@code unknown_column} if the table lacks one
   */
  static List<Column> named(Collection<String> names, Table table) {
    Set<Column> named = new HashSet<>();
    names.forEach(name -> named.add(named(name, table)));
    return table.columns().stream().filter(named::contains).toList();
  }

  private static OrderwireException unknown(String name, Table table) {
    String asked = name.length() <= LONGEST_NAME ? name : name.substring(0, LONGEST_NAME) + '…';
    return new OrderwireException(
        ErrorCode.UNKNOWN_COLUMN,
        "table \"%s\" has no column \"%s\"".formatted(table.name(), asked)
            + (table.columns().isEmpty()
                ? " that you can test"
                : "; the nearest is \"%s\"".formatted(Nearest.to(asked, table.columnNames()))));
  }
}
