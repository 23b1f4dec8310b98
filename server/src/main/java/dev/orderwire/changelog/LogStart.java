package dev.orderwire.changelog;

import dev.orderwire.change.Ids;
import dev.orderwire.change.OrderwireException;
import dev.orderwire.change.Position;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/** Where a tail begins that has seen nothing yet: at the change log's end. */
final class LogStart {
  private static final String MISSING =
      "SELECT before_it + 1, id - 1 FROM"
          + " (SELECT id, LAG(id, 1, 0) OVER (ORDER BY id) AS before_it FROM "
          + ChangeLogTable.NAME
          + " WHERE id <= %d) AS steps WHERE id > before_it + 1 ORDER BY id";

  private LogStart() {}

  /**
   * The position that covers all that is decided now. Ids below head that are missing count as gaps
   * where a transaction is open that may still make them visible: a restart must not lose what was
   * under way. Without such a transaction, nothing below head can come any more.
   *
   * @throws OrderwireException {@code no_change_log}, {@code mysql_unavailable}
   */
  static Position read(Mysql mysql) {
    try (Connection connection = mysql.connect()) {
      String epoch = ChangeLogTable.epoch(connection);
      long head = newestId(connection);
      boolean nobodyWrites =
          LogWriters.areShown(connection) && LogWriters.now(connection).writers().isEmpty();
      return new Position(epoch, head, nobodyWrites ? Ids.NONE : missing(connection, head));
    } catch (SQLException e) {
      throw mysql.unavailable(e);
    }
  }

  static long newestId(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery("SELECT COALESCE(MAX(id), 0) FROM " + ChangeLogTable.NAME)) {
      row.next();
      return row.getLong(1);
    }
  }

  private static Ids missing(Connection connection, long head) throws SQLException {
    Ids.Builder missing = new Ids.Builder();
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(MISSING.formatted(head))) {
      while (rows.next()) {
        missing.add(rows.getLong(1), rows.getLong(2));
      }
    }
    return missing.build();
  }
}
