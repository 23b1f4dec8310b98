package dev.orderwire.changelog;

import dev.orderwire.change.OrderwireException;
import dev.orderwire.change.Position;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The watched tables, each in its newest known shape; the first one is the default. The tail renews
 * a shape when it comes to a reset row of the table. For any number of threads.
 */
public final class Catalog {
  private static final Logger log = LoggerFactory.getLogger(Catalog.class);

  /** How rows and keys of a table are read. */
  record Form(RowJson row, RowJson key, Texts texts) {
    /** For a table that is not watched. */
    private static final Form ANY = of(List.of(), List.of());

    private static Form of(Table table) {
      return of(table.columnNames(), table.key());
    }

    private static Form of(List<String> columns, List<String> key) {
      Texts texts = new Texts();
      return new Form(new RowJson(columns, texts), new RowJson(key, texts), texts);
    }
  }

  /**
   * @param voidBefore the id of the newest reset row; 0 where there is none
   */
  private record Entry(Table table, Form form, long voidBefore) {
    Entry(Table table, long voidBefore) {
      this(table, Form.of(table), voidBefore);
    }
  }

  private final Map<String, Entry> tables = new LinkedHashMap<>();

  /**
   * @throws IllegalArgumentException where there is no table
   */
  public Catalog(List<Table> tables) {
    if (tables.isEmpty()) {
      throw new IllegalArgumentException("at least one table is watched");
    }
    tables.forEach(table -> this.tables.put(table.name(), new Entry(table, 0)));
  }

  /**
   * Reads the shapes of these tables.
   *
   * @throws OrderwireException as {@link Schema#tables}; {@code mysql_unavailable}
   */
  public static Catalog read(Mysql mysql, List<String> names) {
    try (Connection connection = mysql.connect()) {
      Catalog catalog = new Catalog(Schema.tables(connection, names));
      catalog.reload(connection);
      return catalog;
    } catch (SQLException e) {
      throw mysql.unavailable(e);
    }
  }

  public synchronized Optional<Table> table(String name) {
    return Optional.ofNullable(tables.get(name)).map(Entry::table);
  }

  /** How the newest rows of a table are read; any other ones can be, too. */
  synchronized Form form(String name) {
    Entry entry = tables.get(name);
    return entry == null ? Form.ANY : entry.form();
  }

  /**
   * The id of the table's newest reset row, 0 where there is none: a position that does not cover
   * it says nothing of the table's rows.
   */
  public synchronized long voidBefore(String name) {
    Entry entry = tables.get(name);
    return entry == null ? 0 : entry.voidBefore();
  }

  /** Whether what was known of a table, in this shape and at this position, is void by now. */
  public synchronized boolean isVoid(Table shape, Position seen) {
    Entry entry = tables.get(shape.name());
    return entry != null && (!entry.table().equals(shape) || !seen.covers(entry.voidBefore()));
  }

  public synchronized Table defaultTable() {
    return tables.values().iterator().next().table();
  }

  public synchronized List<Table> tables() {
    return tables.values().stream().map(Entry::table).toList();
  }

  /**
   * Takes the shapes that the tables have now, for a change log that begins; a table that is gone
   * keeps its last one.
   */
  void reload(Connection connection) throws SQLException {
    for (Table known : tables()) {
      Table table = known;
      try {
        table = Schema.table(connection, known.name());
      } catch (OrderwireException e) {
        log.debug("{} stays as it was", known.name(), e);
      }
      // What was altered since is told by the reset row that is still to come, and not before.
      Entry entry =
          ResetRows.noted(connection, known.name())
              .map(noted -> new Entry(noted.table(), noted.resetId()))
              .orElse(new Entry(table, 0));
      synchronized (this) {
        tables.put(known.name(), entry);
      }
    }
  }

  /**
   * Takes note of a reset row.
   *
   * @return whether the table is a watched one
   */
  synchronized boolean renew(Table table, long resetId) {
    return tables.computeIfPresent(
            table.name(),
            (_, old) ->
                resetId < old.voidBefore()
                    ? old
                    : new Entry(table, Math.max(resetId, old.voidBefore())))
        != null;
  }
}
