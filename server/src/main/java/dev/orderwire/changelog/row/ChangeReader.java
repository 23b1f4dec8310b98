package dev.orderwire.changelog.row;

import dev.orderwire.change.Change;
import dev.orderwire.change.Key;
import dev.orderwire.change.Op;
import dev.orderwire.change.Row;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/** Reads rows of the change log. Only this class knows the order of {@link #COLUMNS}. */
public final class ChangeReader {
  /** The columns to select, in a session whose time zone is UTC. */
  public static final String COLUMNS =
      "id, table_name, op, row_key, row_before, row_after,"
          + " TIMESTAMPDIFF(MICROSECOND, '1970-01-01 00:00:00', at), actor";

  /** As {@link #COLUMNS}, without the images of one row, whose id the two parameters name. */
  public static final String COLUMNS_BUT_IMAGES_OF_ONE =
      "id, table_name, op, row_key, IF(id = ?, NULL, row_before), IF(id = ?, NULL, row_after),"
          + " TIMESTAMPDIFF(MICROSECOND, '1970-01-01 00:00:00', at), actor";

  private final RowParsers parsers;

  public ChangeReader(RowParsers parsers) {
    this.parsers = parsers;
  }

  public static long id(ResultSet row) throws SQLException {
    return row.getLong(1);
  }

  public static String table(ResultSet row) throws SQLException {
    return row.getString(2);
  }

  /** The text that identifies a row: another log may have another row with the same id. */
  public static String identity(ResultSet row) throws SQLException {
    return "%s %s %s %s %s"
        .formatted(
            row.getString(2), row.getString(3), row.getString(4), row.getLong(7), row.getString(8));
  }

  /** The characters of the change's row images, which memory bounds count. */
  public static long size(Change change) {
    return length(change.before()) + length(change.after());
  }

  private static long length(@Nullable Row row) {
    return row == null ? 0 : row.length();
  }

  /**
   * Reads the current row.
   *
   * @throws IllegalArgumentException if Orderwire did not write the row
   */
  public LogRow read(ResultSet row) throws SQLException {
    String table = table(row);
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
    RowParsers.Parsers of = parsers.of(table);
    return new LogRow.Entry(
        new Change(
            id(row),
            of.texts().of(table),
            op,
            new Key(of.key().parse(key)),
            op == Op.INSERT ? null : of.row().parse(before),
            op == Op.DELETE ? null : of.row().parse(after),
            Instant.EPOCH.plus(row.getLong(7), ChronoUnit.MICROS),
            of.texts().of(row.getString(8))));
  }
}
