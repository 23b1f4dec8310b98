package dev.orderwire.changelog;

import dev.orderwire.change.Key;
import dev.orderwire.change.Names;
import dev.orderwire.change.OrderwireException;
import dev.orderwire.change.Position;
import dev.orderwire.change.Row;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Reads the rows of a table as they are now, together with the position that they stand for: both
 * out of one consistent read, so that exactly the changes which the position does not cover follow.
 * Blocks; safe for any number of threads.
 */
public final class Snapshots {
  /** Takes a snapshot row by row, on the thread that reads it. */
  public interface Reader {
    /** Called once, before the rows. */
    void begin(Position position);

    /**
     * The next row, in the order of the key.
     *
     * @return false to stop here
     */
    boolean row(Row row);
  }

  private final Mysql mysql;

  public Snapshots(Mysql mysql) {
    this.mysql = mysql;
  }

  /**
   * Reads a snapshot; the rows flow while they are read, so any size of table passes. MySQL's
   * consistent read stays open as long as the reader takes.
   *
   * @param condition which rows to ask MySQL for
   * @param after only rows whose key comes after it
   * @param known what the tail had seen before this call; the snapshot's position covers it
   * @param pageRows how many rows to ask MySQL for at a time; a reader that stops leaves the rest
   *     of a page unused
   * @throws AlteredException where the table is no longer as {@code table} has it
   * @throws OrderwireException {@code mysql_unavailable}; {@code bad_key} where {@code after} has
   *     other columns than the table's key; {@code row_too_large} where MySQL cannot make one
   *     document of a row
   */
  public void read(
      Table table,
      SqlCondition condition,
      @Nullable Key after,
      Position known,
      int pageRows,
      Reader reader) {
    SqlCondition beyond = after == null ? SqlCondition.ALL : KeyOrder.after(table, after);
    try (Connection connection = mysql.connect();
        Statement statement = connection.createStatement()) {
      connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
      connection.setAutoCommit(false);
      statement.execute("START TRANSACTION READ ONLY");
      hold(table, statement);
      reader.begin(known.with(LogRows.since(statement, known)));
      Page page = new Page(table, condition, pageRows, reader);
      while (page.read(connection, beyond)) {
        beyond = KeyOrder.after(table, page.last());
      }
      connection.commit();
    } catch (SQLException e) {
      throw AlteredException.isShownBy(e) ? new AlteredException(table, e) : mysql.unavailable(e);
    }
  }

  /**
   * Keeps the table from being replaced until the transaction ends, before its consistent read
   * begins, which is with the first row that is read. The other way round, another table may take
   * the place of this one in between, and the rows that it got in this time are not there for that
   * read: no error, and too few rows (MySQL 8.0.15 tells by an error only where the other table is
   * younger than the read).
   */
  private static void hold(Table table, Statement statement) throws SQLException {
    statement.executeQuery("SELECT 1 FROM " + Sql.quote(table.name()) + " LIMIT 0").close();
  }

  /** Some rows at a time, all out of the one consistent read of their connection. */
  private static final class Page {
    private final Table table;
    private final RowJson json;
    private final Names key;
    private final SqlCondition condition;
    private final int pageRows;
    private final Reader reader;
    private @Nullable Row last;

    Page(Table table, SqlCondition condition, int pageRows, Reader reader) {
      this.table = table;
      this.json = new RowJson(table.columnNames());
      this.key = Names.of(table.key());
      this.condition = condition;
      this.pageRows = pageRows;
      this.reader = reader;
    }

    /** The key of the last row that was read. */
    Key last() {
      return new Key(Objects.requireNonNull(last).only(key, null));
    }

    /** Reads the rows that come {@code beyond}; whether there may be more, and they are wanted. */
    boolean read(Connection connection, SqlCondition beyond) throws SQLException {
      SqlCondition wanted = SqlCondition.and(List.of(condition, beyond));
      try (PreparedStatement statement = connection.prepareStatement(select(wanted))) {
        for (int i = 0; i < wanted.parameters().size(); i++) {
          statement.setString(i + 1, wanted.parameters().get(i));
        }
        // Row by row: MySQL sends on only what has been taken.
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
          "row_too_large",
          "a row of table \"%s\" is larger, as JSON, than MySQL's max_allowed_packet: raise that, and reconnect"
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
