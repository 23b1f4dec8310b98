package dev.orderwire.changelog;

import dev.orderwire.change.Change;
import dev.orderwire.change.ColumnNames;
import dev.orderwire.change.Ids;
import dev.orderwire.change.Key;
import dev.orderwire.change.Position;
import dev.orderwire.change.Row;
import dev.orderwire.change.Table;
import dev.orderwire.changelog.LogSearch.Hit;
import dev.orderwire.changelog.row.ChangeReader;
import dev.orderwire.changelog.row.LogRow;
import dev.orderwire.changelog.row.RowJson;
import dev.orderwire.changelog.row.RowParsers;
import dev.orderwire.feed.Catalog;
import dev.orderwire.feed.RowHistory;
import dev.orderwire.feed.TableAlteredException;
import dev.orderwire.mysql.Mysql;
import dev.orderwire.mysql.sql.KeyOrder;
import dev.orderwire.mysql.sql.SqlCondition;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Finds a row and its changes in MySQL, those of open transactions included. */
public final class MysqlRowHistory implements RowHistory {
  private final Mysql mysql;
  private final ChangeReader reader;

  public MysqlRowHistory(Mysql mysql, Catalog catalog) {
    this.mysql = mysql;
    this.reader = new ChangeReader(new RowParsers(catalog::table));
  }

  @Override
  public Found find(Table table, Predicate<Key> wanted, @Nullable Key key, Position seen) {
    try (Connection connection = mysql.connect();
        Statement statement = connection.createStatement()) {
      LogSearch search = new LogSearch(table, wanted);
      connection.setTransactionIsolation(Connection.TRANSACTION_READ_UNCOMMITTED);
      connection.setAutoCommit(false);
      search.run(connection);
      connection.commit();
      connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
      statement.execute("START TRANSACTION READ ONLY");
      MysqlSnapshotReader.lockDefinition(table, statement);
      Key known = key == null && !search.hits().isEmpty() ? search.hits().getFirst().key() : key;
      // The consistent read begins here.
      Position position = seen.with(LoggedIds.since(statement, seen));
      Ids committed = LoggedIds.firstCommitted(connection, ids(search.hits()));
      Found found =
          new Found(
              search.hits().stream()
                  .map(hit -> new Entry(hit.id(), hit.op(), hit.at(), committed.contains(hit.id())))
                  .toList(),
              search.searched(),
              search.all(),
              committed.isEmpty() ? null : change(statement, committed.ranges().getLast().last()),
              known,
              known == null ? null : row(connection, table, known, wanted),
              position);
      connection.commit();
      return found;
    } catch (SQLException e) {
      throw MysqlSnapshotReader.isAltered(e)
          ? new TableAlteredException(table, e)
          : mysql.failed(e);
    }
  }

  private static Ids ids(List<Hit> hits) {
    Ids.Builder ids = new Ids.Builder();
    hits.reversed().forEach(hit -> ids.add(hit.id(), hit.id()));
    return ids.build();
  }

  private @Nullable Change change(Statement statement, long id) throws SQLException {
    try (ResultSet row =
        statement.executeQuery(
            "SELECT %s FROM %s WHERE id = %d"
                .formatted(ChangeReader.COLUMNS, ChangeLogTable.NAME, id))) {
      return row.next() && reader.read(row) instanceof LogRow.Entry(Change change) ? change : null;
    }
  }

  private static @Nullable Row row(
      Connection connection, Table table, Key key, Predicate<Key> wanted) throws SQLException {
    SqlCondition at = KeyOrder.at(table, key);
    try (PreparedStatement statement =
            SnapshotPages.select(connection, table, table.columns(), at, 1);
        ResultSet rows = statement.executeQuery()) {
      if (!rows.next()) {
        return null;
      }
      String text = rows.getString(1);
      if (text == null) {
        throw UnreadableRow.tooLarge(connection, table, at);
      }
      Row row = new RowJson(table.columnNames()).parse(text);
      // A collation may take other keys for equal.
      return wanted.test(new Key(row.only(ColumnNames.of(table.key()), null))) ? row : null;
    } catch (SQLException e) {
      if (Mysql.isOfValue(e)) {
        throw UnreadableRow.of(connection, table, at, e);
      }
      throw e;
    }
  }
}
