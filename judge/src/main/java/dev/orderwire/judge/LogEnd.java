package dev.orderwire.judge;

import dev.orderwire.change.Ids;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * All that stands in the change log while nobody writes, but for the servers' canaries, which never
 * rest.
 *
 * @param ids those that came after what was judged before
 * @param head the highest id of all
 */
record LogEnd(Ids ids, long head) {
  /**
   * Reads it; a log that somebody has dropped is an empty one.
   *
   * @param after the highest id that was judged before
   */
  static LogEnd now(Database database, long after) throws SQLException {
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

  boolean isSeenBy(Mark position) {
    return position.seen().head() >= head && ids.in(position.seen().gaps()).isEmpty();
  }
}
