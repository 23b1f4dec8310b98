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
 * canaries, which never stop. It includes the triggers: while a server repairs them, the reset of
 * the table is still missing.
 *
 * @param ids the ids that no earlier check has covered
 * @param head the highest id
 * @param triggers a checksum of the triggers and the times of their creation
 */
public record LogEnd(Ids ids, long head, long triggers) {
  private static final String TRIGGERS =
      "SELECT BIT_XOR(CRC32(CONCAT(trigger_name, ' ', created))) FROM information_schema.triggers"
          + " WHERE trigger_schema = DATABASE()";

  /**
   * Reads it. A log that was dropped counts as empty.
   *
   * @param after the highest id that was checked before
   */
  public static LogEnd read(Database database, long after) throws SQLException {
    try (Connection connection = database.connect();
        Statement statement = connection.createStatement()) {
      long triggers = triggers(statement);
      return read(statement, after, triggers);
    }
  }

  private static long triggers(Statement statement) throws SQLException {
    try (ResultSet row = statement.executeQuery(TRIGGERS)) {
      row.next();
      return row.getLong(1);
    }
  }

  private static LogEnd read(Statement statement, long after, long triggers) throws SQLException {
    try (ResultSet rows =
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
      return new LogEnd(ids.build(), head, triggers);
    } catch (SQLException e) {
      if (e.getErrorCode() == MysqlError.NO_SUCH_TABLE) {
        return new LogEnd(Ids.NONE, after, triggers);
      }
      throw e;
    }
  }

  boolean isCoveredBy(ReceivedPosition position) {
    return position.covered().head() >= head && ids.in(position.covered().gaps()).isEmpty();
  }
}
