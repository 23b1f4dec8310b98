package dev.orderwire.judge.client;

import dev.orderwire.change.Ids;
import dev.orderwire.judge.table.Database;
import dev.orderwire.judge.table.MysqlError;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * The end of the change log while no application writes, without the changes of the servers'
 * canaries, which never stop.
 *
 * @param ids the ids that no earlier check has covered
 * @param head the highest id
 */
public record LogEnd(Ids ids, long head) {
  /**
   * Reads it. A log that was dropped counts as empty.
   *
   * @param after the highest id that was checked before
   */
  public static LogEnd read(Database database, long after) throws SQLException {
    try (Connection connection = database.connect();
        Statement statement = connection.createStatement();
        ResultSet rows =
            statement.executeQuery(
                ("SELECT id FROM orderwire_change_log WHERE id > %d"
                        + " AND table_name <> 'orderwire_canary' ORDER BY id")
                    .formatted(after))) {
      Ids.Builder ids = new Ids.Builder();
      long head = after;
      while (rows.next()) {
        head = rows.getLong(1);
        ids.add(head, head);
      }
      return new LogEnd(ids.build(), head);
    } catch (SQLException e) {
      if (e.getErrorCode() == MysqlError.NO_SUCH_TABLE) {
        return new LogEnd(Ids.NONE, after);
      }
      throw e;
    }
  }

  boolean isCoveredBy(ReceivedPosition position) {
    return position.covered().head() >= head && ids.in(position.covered().gaps()).isEmpty();
  }
}
