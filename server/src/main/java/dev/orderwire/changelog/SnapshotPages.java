package dev.orderwire.changelog;

import dev.orderwire.change.Column;
import dev.orderwire.change.ColumnNames;
import dev.orderwire.change.ErrorCode;
import dev.orderwire.change.Key;
import dev.orderwire.change.OrderwireException;
import dev.orderwire.change.Row;
import dev.orderwire.change.Table;
import dev.orderwire.changelog.row.RowJson;
import dev.orderwire.feed.SnapshotReader.Rows;
import dev.orderwire.mysql.sql.Encoding;
import dev.orderwire.mysql.sql.KeyOrder;
import dev.orderwire.mysql.sql.Sql;
import dev.orderwire.mysql.sql.SqlCondition;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads the rows of a snapshot page by page, all from the consistent read of one connection. Each
 * page begins with the last row of the page before it. If it does not, MySQL neither compares nor
 * orders the keys as it wrote them, and rows would be left out: that is an error.
 */
final class SnapshotPages {
  /** A row is larger as JSON than MySQL's max_allowed_packet. */
  static final class TooLargeException extends Exception {
    private static final long serialVersionUID = 1;
  }

  private final Table table;
  private final RowJson json;
  private final ColumnNames keyColumns;
  private final SqlCondition condition;
  private final int pageRows;
  private final Rows reader;
  private @Nullable Row last;

  /**
   * @param condition the rows to read
   * @param pageRows how many new rows a page has
   */
  SnapshotPages(Table table, SqlCondition condition, int pageRows, Rows reader) {
    this.table = table;
    this.json = new RowJson(table.columnNames());
    this.keyColumns = ColumnNames.of(table.key());
    this.condition = condition;
    this.pageRows = pageRows;
    this.reader = reader;
  }

  /** The key of the last row that was read; null before the first one. */
  @Nullable Key last() {
    return last == null ? null : key(last);
  }

  /**
   * Reads rows until there are no more, or the reader stops.
   *
   * @param start the rows to begin with
   */
  void read(Connection connection, SqlCondition start) throws SQLException, TooLargeException {
    boolean more = page(connection, start, null);
    Key known = last();
    while (more && known != null) {
      more = page(connection, KeyOrder.from(table, known), known);
      known = last();
    }
  }

  /**
   * Reads a page.
   *
   * @param overlap the key of its first row, which the reader has already
   * @return whether more rows may follow
   */
  private boolean page(Connection connection, SqlCondition from, @Nullable Key overlap)
      throws SQLException, TooLargeException {
    SqlCondition wanted = SqlCondition.and(List.of(condition, from));
    int limit = overlap == null ? pageRows : Math.addExact(pageRows, 1);
    int count = 0;
    try (PreparedStatement statement = select(connection, table, table.columns(), wanted, limit)) {
      // Streams row by row: MySQL sends only as fast as rows are taken.
      statement.setFetchSize(Integer.MIN_VALUE);
      try (ResultSet rows = statement.executeQuery()) {
        while (rows.next()) {
          String text = rows.getString(1);
          if (text == null) {
            throw new TooLargeException();
          }
          Row row = json.parse(text);
          if (count++ == 0 && overlap != null) {
            requireSame(overlap, key(row));
          } else {
            last = row;
            if (!reader.row(row)) {
              return false;
            }
          }
        }
      }
    }
    if (count == 0 && overlap != null) {
      throw lost(overlap);
    }
    return count == limit;
  }

  /**
   * A statement for rows in the order of the key, each as JSON.
   *
   * @param columns the columns of each row
   */
  static PreparedStatement select(
      Connection connection, Table table, List<Column> columns, SqlCondition wanted, int limit)
      throws SQLException {
    PreparedStatement statement =
        connection.prepareStatement(
            "SELECT "
                + Encoding.row(columns, "t.")
                + " FROM "
                + Sql.quote(table.name())
                + " AS t WHERE "
                + wanted.sql()
                + " ORDER BY "
                + KeyOrder.of(table)
                + " LIMIT "
                + limit);
    List<String> parameters = wanted.parameters();
    for (int i = 0; i < parameters.size(); i++) {
      statement.setString(i + 1, parameters.get(i));
    }
    return statement;
  }

  private Key key(Row row) {
    return new Key(row.only(keyColumns, null));
  }

  private void requireSame(Key overlap, Key key) {
    if (!key.equals(overlap)) {
      throw lost(overlap);
    }
  }

  private OrderwireException lost(Key key) {
    return new OrderwireException(
        ErrorCode.UNREADABLE_ROW,
        "table \"%s\" cannot be read beyond the row %s: MySQL does not find this row by its key. Correct the key, or report a defect."
            .formatted(table.name(), key.columns()));
  }
}
