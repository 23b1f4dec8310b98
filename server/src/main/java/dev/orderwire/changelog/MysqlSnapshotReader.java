package dev.orderwire.changelog;

import dev.orderwire.change.ColumnNames;
import dev.orderwire.change.ErrorCode;
import dev.orderwire.change.Key;
import dev.orderwire.change.OrderwireException;
import dev.orderwire.change.Position;
import dev.orderwire.change.Row;
import dev.orderwire.change.Table;
import dev.orderwire.feed.Prefilter;
import dev.orderwire.feed.SnapshotReader;
import dev.orderwire.feed.TableAlteredException;
import dev.orderwire.mysql.Encoding;
import dev.orderwire.mysql.KeyOrder;
import dev.orderwire.mysql.Mysql;
import dev.orderwire.mysql.Sql;
import dev.orderwire.mysql.SqlCondition;
import dev.orderwire.mysql.SqlPrefilter;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads each snapshot from one consistent read of MySQL. */
public final class MysqlSnapshotReader implements SnapshotReader {
  /**
   * ER_BAD_FIELD_ERROR, ER_NO_SUCH_TABLE, ER_TABLE_DEF_CHANGED; and ER_LOCK_DEADLOCK: a read that
   * locks no row meets it only if another session locks the table and the change log, as a trigger
   * repair does.
   */
  private static final Set<Integer> ALTERED = Set.of(1054, 1146, 1412, 1213);

  private final Mysql mysql;

  public MysqlSnapshotReader(Mysql mysql) {
    this.mysql = mysql;
  }

  @Override
  public void read(
      Table table,
      Prefilter prefilter,
      @Nullable Key after,
      Position known,
      int pageRows,
      Rows rows) {
    SqlCondition beyond = after == null ? SqlCondition.ALL : KeyOrder.after(table, after);
    try (Connection connection = mysql.connect();
        Statement statement = connection.createStatement()) {
      connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
      connection.setAutoCommit(false);
      statement.execute("START TRANSACTION READ ONLY");
      lockDefinition(table, statement);
      rows.begin(known.with(LoggedIds.since(statement, known)));
      Pages pages = new Pages(table, SqlPrefilter.of(prefilter), pageRows, rows);
      while (pages.read(connection, beyond)) {
        beyond = KeyOrder.after(table, pages.lastKey());
      }
      connection.commit();
    } catch (SQLException e) {
      throw ALTERED.contains(e.getErrorCode())
          ? new TableAlteredException(table, e)
          : mysql.unavailable(e);
    }
  }

  /**
   * Locks the table's definition until the transaction ends. This must come before the consistent
   * read begins, which is with the first row that is read. Otherwise another table could replace
   * this one in between, and the consistent read would miss the rows that it got meanwhile: too few
   * rows, and no error (MySQL 8.0.15 reports one only if the other table is younger than the read).
   */
  private static void lockDefinition(Table table, Statement statement) throws SQLException {
    statement.executeQuery("SELECT 1 FROM " + Sql.quote(table.name()) + " LIMIT 0").close();
  }

  /** Reads the rows page by page, all from the consistent read of the connection. */
  private static final class Pages {
    private final Table table;
    private final RowJson json;
    private final ColumnNames key;
    private final SqlCondition condition;
    private final int pageRows;
    private final Rows reader;
    private @Nullable Row last;

    Pages(Table table, SqlCondition condition, int pageRows, Rows reader) {
      this.table = table;
      this.json = new RowJson(table.columnNames());
      this.key = ColumnNames.of(table.key());
      this.condition = condition;
      this.pageRows = pageRows;
      this.reader = reader;
    }

    /** The key of the last row read. */
    Key lastKey() {
      return new Key(Objects.requireNonNull(last).only(key, null));
    }

    /** Reads the next page, of rows {@code beyond} the last one; false at the end. */
    boolean read(Connection connection, SqlCondition beyond) throws SQLException {
      SqlCondition wanted = SqlCondition.and(List.of(condition, beyond));
      try (PreparedStatement statement = connection.prepareStatement(select(wanted))) {
        for (int i = 0; i < wanted.parameters().size(); i++) {
          statement.setString(i + 1, wanted.parameters().get(i));
        }
        // Streams row by row: MySQL sends only as fast as rows are taken.
        statement.setFetchSize(Integer.MIN_VALUE);
        int count = 0;
        try (ResultSet rows = statement.executeQuery()) {
          while (rows.next()) {
            String text = rows.getString(1);
            if (text == null) {
              throw tooLarge();
            }
            Row row = json.parse(text);
            last = row;
            count++;
            if (!reader.row(row)) {
              return false;
            }
          }
        }
        return count == pageRows;
      }
    }

    private OrderwireException tooLarge() {
      return new OrderwireException(
          ErrorCode.ROW_TOO_LARGE,
          "a row of table \"%s\" is larger as JSON than MySQL's max_allowed_packet. Raise max_allowed_packet, then reconnect."
              .formatted(table.name()));
    }

    private String select(SqlCondition wanted) {
      return "SELECT "
          + Encoding.row(table.columns(), "t.")
          + " FROM "
          + Sql.quote(table.name())
          + " AS t WHERE "
          + wanted.sql()
          + " ORDER BY "
          + KeyOrder.of(table)
          + " LIMIT "
          + pageRows;
    }
  }
}
