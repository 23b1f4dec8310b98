package dev.orderwire.changelog;

import dev.orderwire.change.ErrorCode;
import dev.orderwire.change.Key;
import dev.orderwire.change.OrderwireException;
import dev.orderwire.change.Position;
import dev.orderwire.change.Table;
import dev.orderwire.changelog.SnapshotPages.TooLargeException;
import dev.orderwire.feed.Prefilter;
import dev.orderwire.feed.SnapshotReader;
import dev.orderwire.feed.TableAlteredException;
import dev.orderwire.mysql.Mysql;
import dev.orderwire.mysql.Query;
import dev.orderwire.mysql.sql.KeyOrder;
import dev.orderwire.mysql.sql.Sql;
import dev.orderwire.mysql.sql.SqlCondition;
import dev.orderwire.mysql.sql.SqlPrefilter;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
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
  private final ReadProof proof;

  /** A reader of the source. */
  public MysqlSnapshotReader(Mysql mysql) {
    this(mysql, ReadProof.OF_SOURCE);
  }

  public MysqlSnapshotReader(Mysql mysql, ReadProof proof) {
    this.mysql = mysql;
    this.proof = proof;
  }

  @Override
  public void read(
      Table table,
      Prefilter prefilter,
      @Nullable Key after,
      Position known,
      int pageRows,
      Rows rows) {
    SqlCondition start = after == null ? SqlCondition.ALL : KeyOrder.after(table, after);
    try (Connection connection = mysql.connect();
        Statement statement = connection.createStatement()) {
      proof.await(connection);
      connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
      connection.setAutoCommit(false);
      statement.execute("START TRANSACTION READ ONLY");
      lockDefinition(table, statement);
      if (after != null) {
        requireComparable(connection, table, after);
      }
      proof.check(connection, known.epoch());
      rows.begin(known.with(LoggedIds.since(statement, known)));
      SnapshotPages pages = new SnapshotPages(table, SqlPrefilter.of(prefilter), pageRows, rows);
      try {
        pages.read(connection, start);
      } catch (TooLargeException _) {
        throw UnreadableRow.tooLarge(connection, table, unread(table, pages, start));
      } catch (SQLException e) {
        if (Mysql.isOfValue(e)) {
          throw UnreadableRow.of(connection, table, unread(table, pages, start), e);
        }
        throw e;
      }
      connection.commit();
    } catch (SQLException e) {
      throw isAltered(e) ? new TableAlteredException(table, e) : mysql.failed(e);
    }
  }

  /** Whether a read failed because the table is not what it was. */
  static boolean isAltered(SQLException failure) {
    return ALTERED.contains(failure.getErrorCode());
  }

  /** The rows that were not read yet. */
  private static SqlCondition unread(Table table, SnapshotPages pages, SqlCondition start) {
    Key last = pages.last();
    return last == null ? start : KeyOrder.after(table, last);
  }

  private static void requireComparable(Connection connection, Table table, Key key)
      throws SQLException {
    SqlCondition incomparable = KeyOrder.incomparable(table, key);
    boolean isIncomparable =
        Query.list(
                connection,
                "SELECT " + incomparable.sql(),
                row -> row.getBoolean(1),
                incomparable.parameters().toArray(String[]::new))
            .getFirst();
    if (isIncomparable) {
      throw new OrderwireException(
          ErrorCode.BAD_KEY,
          "not a key of table \"%s\": MySQL reads a value of %s as NULL"
              .formatted(table.name(), key.columns()));
    }
  }

  /**
   * Locks the table's definition until the transaction ends. This must come before the consistent
   * read begins, which is with the first row that is read. Otherwise another table could replace
   * this one in between, and the consistent read would miss the rows that it got meanwhile: too few
   * rows, and no error (MySQL 8.0.15 reports one only if the other table is younger than the read).
   */
  static void lockDefinition(Table table, Statement statement) throws SQLException {
    statement.executeQuery("SELECT 1 FROM " + Sql.quote(table.name()) + " LIMIT 0").close();
  }
}
