package dev.orderwire.changelog;

import dev.orderwire.change.Change;
import dev.orderwire.change.Key;
import dev.orderwire.change.Op;
import dev.orderwire.change.Row;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/** Reads the change log's rows; the one place that knows its columns' order in a SELECT. */
public final class ChangeReader {
  /** What to select, in a session whose time zone is UTC. */
  public static final String COLUMNS =
      "id, table_name, op, row_key, row_before, row_after,"
          + " TIMESTAMPDIFF(MICROSECOND, '1970-01-01 00:00:00', at), actor";

  private final RowForms forms;

  /**
   * @param forms how rows are parsed
   */
  public ChangeReader(RowForms forms) {
    this.forms = forms;
  }

  public static long id(ResultSet row) throws SQLException {
    return row.getLong(1);
  }

  /** How much of the log's text the row is, in characters; what memory bounds count. */
  public static long size(Change change) {
    return length(change.before()) + length(change.after());
  }

  private static long length(@Nullable Row row) {
    return row == null ? 0 : row.length();
  }

  /**
   * What the current row says.
   *
   * @throws IllegalArgumentException where it is nothing that we write
   */
  public LogRow read(ResultSet row) throws SQLException {
    String table = row.getString(2);
    Op op = Op.of(row.getString(3));
    String key = row.getString(4);
    String before = row.getString(5);
    String after = row.getString(6);
    if (key == null) {
      return after == null
          ? new LogRow.Marker(table)
          : new LogRow.Reset(ShapeJson.table(table, after));
    }
    if ((before == null && op != Op.INSERT) || (after == null && op != Op.DELETE)) {
      return new LogRow.Marker(table);
    }
    RowForms.Form form = forms.of(table);
    return new LogRow.Entry(
        new Change(
            id(row),
            form.texts().of(table),
            op,
            new Key(form.key().parse(key)),
            op == Op.INSERT ? null : form.row().parse(before),
            op == Op.DELETE ? null : form.row().parse(after),
            Instant.EPOCH.plus(row.getLong(7), ChronoUnit.MICROS),
            form.texts().of(row.getString(8))));
  }
}
