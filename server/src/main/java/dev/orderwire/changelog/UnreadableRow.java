package dev.orderwire.changelog;

import static java.util.stream.Collectors.joining;

import dev.orderwire.change.Column;
import dev.orderwire.change.ErrorCode;
import dev.orderwire.change.Key;
import dev.orderwire.change.OrderwireException;
import dev.orderwire.change.Table;
import dev.orderwire.changelog.row.RowJson;
import dev.orderwire.mysql.Mysql;
import dev.orderwire.mysql.sql.KeyOrder;
import dev.orderwire.mysql.sql.SqlCondition;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Finds the row that a snapshot could not read, so that its error names the row. */
final class UnreadableRow {
  /** Bounds the search. The row is most often the next one, and at worst in the same page. */
  private static final int ROWS_TRIED = 1_000;

  private final Connection connection;
  private final Table table;
  private final RowJson json;

  private UnreadableRow(Connection connection, Table table) {
    this.connection = connection;
    this.table = table;
    this.json = new RowJson(table.key());
  }

  /**
   * The error that says which row MySQL cannot read.
   *
   * @param from the rows among which it is
   * @param failure the error of a value with which MySQL ended the query
   */
  static OrderwireException of(
      Connection connection, Table table, SqlCondition from, SQLException failure) {
    return new OrderwireException(
        ErrorCode.UNREADABLE_ROW,
        "MySQL cannot compute a value of %s (%s): correct the row, or the column's expression"
            .formatted(new UnreadableRow(connection, table).name(from), Mysql.codes(failure)),
        failure);
  }

  /** As {@link #of}, for a row that is too large as one JSON document. */
  static OrderwireException tooLarge(Connection connection, Table table, SqlCondition from) {
    return new OrderwireException(
        ErrorCode.ROW_TOO_LARGE,
        "%s is larger as JSON than MySQL's max_allowed_packet. Raise max_allowed_packet, then reconnect."
            .formatted(new UnreadableRow(connection, table).name(from)));
  }

  private String name(SqlCondition from) {
    Optional<Key> found;
    try {
      found = find(from);
    } catch (SQLException _) {
      // The connection is lost, or the key itself cannot be read.
      found = Optional.empty();
    }
    return found
        .map(key -> "row %s of table \"%s\"".formatted(text(key), table.name()))
        .orElseGet(() -> "a row of table \"%s\"".formatted(table.name()));
  }

  private static String text(Key key) {
    return key.columns().cells().entrySet().stream()
        .map(cell -> cell.getKey() + " = " + cell.getValue())
        .collect(joining(", "));
  }

  private Optional<Key> find(SqlCondition from) throws SQLException {
    for (Key key : keys(from)) {
      if (!isReadable(key)) {
        return Optional.of(key);
      }
    }
    return Optional.empty();
  }

  private List<Key> keys(SqlCondition from) throws SQLException {
    List<Column> columns =
        table.columns().stream().filter(column -> table.key().contains(column.name())).toList();
    List<Key> keys = new ArrayList<>();
    try (PreparedStatement statement =
            SnapshotPages.select(connection, table, columns, from, ROWS_TRIED);
        ResultSet rows = statement.executeQuery()) {
      while (rows.next()) {
        keys.add(new Key(json.parse(rows.getString(1))));
      }
    }
    return keys;
  }

  private boolean isReadable(Key key) throws SQLException {
    try (PreparedStatement statement =
            SnapshotPages.select(connection, table, table.columns(), KeyOrder.at(table, key), 1);
        ResultSet rows = statement.executeQuery()) {
      return !rows.next() || rows.getString(1) != null;
    } catch (SQLException e) {
      if (Mysql.isOfValue(e)) {
        return false;
      }
      throw e;
    }
  }
}
