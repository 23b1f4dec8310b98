package dev.orderwire.changelog.row;

import dev.orderwire.change.Key;
import dev.orderwire.change.Row;
import dev.orderwire.change.Table;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/**
 * Parses the rows and keys of each table, with the cells in the order of the table's columns and
 * equal texts shared. Rows of other shapes can be parsed too. Safe for any number of threads.
 */
public final class RowParsers {
  /** The parsers for one shape. */
  record Parsers(RowJson row, RowJson key, TextCache texts) {
    private static Parsers of(List<String> columns, List<String> key) {
      TextCache texts = new TextCache();
      return new Parsers(new RowJson(columns, texts), new RowJson(key, texts), texts);
    }
  }

  private record Cached(Table shape, Parsers parsers) {}

  /** For tables that are not watched. */
  private static final Parsers ANY = Parsers.of(List.of(), List.of());

  private final Function<String, Optional<Table>> shapes;
  private final Map<String, Cached> cache = new ConcurrentHashMap<>();

  /**
   * @param shapes the newest known shape of a table; empty if it is not watched
   */
  public RowParsers(Function<String, Optional<Table>> shapes) {
    this.shapes = shapes;
  }

  /** A row of a table, as MySQL prints it. */
  public Row row(String table, String json) {
    return of(table).row().parse(json);
  }

  /** The key of a row of a table, as MySQL prints it. */
  public Key key(String table, String json) {
    return new Key(of(table).key().parse(json));
  }

  /** The parsers for the newest known shape of a table. */
  Parsers of(String table) {
    Optional<Table> shape = shapes.apply(table);
    if (shape.isEmpty()) {
      return ANY;
    }
    Cached cached = cache.get(table);
    if (cached == null || !cached.shape().equals(shape.get())) {
      cached = new Cached(shape.get(), Parsers.of(shape.get().columnNames(), shape.get().key()));
      cache.put(table, cached);
    }
    return cached.parsers();
  }
}
