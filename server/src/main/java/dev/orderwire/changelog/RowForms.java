package dev.orderwire.changelog;

import dev.orderwire.change.Table;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/**
 * How the rows and keys of each table are parsed: their cells in the order of the table's columns,
 * with equal texts shared. Rows of any other shape parse too. Safe for any number of threads.
 */
public final class RowForms {
  /** How the rows and keys of one shape are parsed. */
  record Form(RowJson row, RowJson key, TextCache texts) {
    private static Form of(List<String> columns, List<String> key) {
      TextCache texts = new TextCache();
      return new Form(new RowJson(columns, texts), new RowJson(key, texts), texts);
    }
  }

  private record Known(Table shape, Form form) {}

  /** For tables that are not watched. */
  private static final Form ANY = Form.of(List.of(), List.of());

  private final Function<String, Optional<Table>> shapes;
  private final Map<String, Known> forms = new ConcurrentHashMap<>();

  /**
   * @param shapes the newest known shape of a table; empty if it is not watched
   */
  public RowForms(Function<String, Optional<Table>> shapes) {
    this.shapes = shapes;
  }

  Form of(String table) {
    Optional<Table> shape = shapes.apply(table);
    if (shape.isEmpty()) {
      return ANY;
    }
    Known known = forms.get(table);
    if (known == null || !known.shape().equals(shape.get())) {
      known = new Known(shape.get(), Form.of(shape.get().columnNames(), shape.get().key()));
      forms.put(table, known);
    }
    return known.form();
  }
}
