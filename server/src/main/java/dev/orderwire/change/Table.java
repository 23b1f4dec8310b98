package dev.orderwire.change;

import java.util.List;
import java.util.Optional;

/**
 * The shape of a watched table, as read from {@code information_schema}.
 *
 * @param name as MySQL spells it
 * @param columns in the table's order
 * @param key the names of the key's columns: of the primary key, or of the unique not-null key that
 *     is used in its place
 */
public record Table(String name, List<Column> columns, List<String> key) {
  public Table {
    columns = List.copyOf(columns);
    key = List.copyOf(key);
    for (String column : key) {
      if (columns.stream().noneMatch(c -> c.name().equals(column))) {
        throw new IllegalArgumentException(
            "table " + name + " has no column " + column + ", which its key names");
      }
    }
  }

  public Optional<Column> column(String columnName) {
    return columns.stream().filter(c -> c.name().equals(columnName)).findFirst();
  }

  public List<String> columnNames() {
    return columns.stream().map(Column::name).toList();
  }
}
