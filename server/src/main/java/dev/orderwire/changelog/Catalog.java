package dev.orderwire.changelog;

import dev.orderwire.change.OrderwireException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The watched tables; the first one is the default. */
public final class Catalog {
  private final Map<String, Table> tables = new LinkedHashMap<>();

  /**
   * @throws IllegalArgumentException where there is no table
   */
  public Catalog(List<Table> tables) {
    if (tables.isEmpty()) {
      throw new IllegalArgumentException("at least one table is watched");
    }
    tables.forEach(table -> this.tables.put(table.name(), table));
  }

  /**
   * Reads the shapes of these tables.
   *
   * @throws OrderwireException as {@link Schema#tables}; {@code mysql_unavailable}
   */
  public static Catalog read(Mysql mysql, List<String> names) {
    try (Connection connection = mysql.connect()) {
      return new Catalog(Schema.tables(connection, names));
    } catch (SQLException e) {
      throw mysql.unavailable(e);
    }
  }

  public Optional<Table> table(String name) {
    return Optional.ofNullable(tables.get(name));
  }

  public Table defaultTable() {
    return tables.values().iterator().next();
  }

  public List<Table> tables() {
    return List.copyOf(tables.values());
  }
}
