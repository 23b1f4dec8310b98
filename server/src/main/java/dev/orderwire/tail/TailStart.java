package dev.orderwire.tail;

import dev.orderwire.change.Ids;
import dev.orderwire.change.OrderwireException;
import dev.orderwire.change.Position;
import dev.orderwire.changelog.ChangeLogTable;
import dev.orderwire.changelog.LoggedIds;
import dev.orderwire.changelog.RetentionFloor;
import dev.orderwire.mysql.Mysql;
import dev.orderwire.mysql.SessionCheck;
import dev.orderwire.tail.gaps.GapProof;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/** Finds the position where a new tail begins: the end of the change log. */
final class TailStart {
  private TailStart() {}

  /**
   * Returns the position that covers every change decided by now. If an open transaction may still
   * make missing ids below head visible, they count as gaps, since a restart must not lose
   * transactions under way. If MySQL shows that no such transaction is open, nothing below head can
   * become visible any more.
   *
   * @throws OrderwireException {@code no_change_log}, {@code split_session}, {@code
   *     mysql_unavailable}
   */
  static Position read(Mysql mysql) {
    try (Connection connection = mysql.connect()) {
      SessionCheck.require(connection, mysql.options());
      String epoch = ChangeLogTable.epoch(connection);
      long head = LoggedIds.newestId(connection);
      return new Position(
          epoch, head, noOpenWriters(connection) ? Ids.NONE : missing(mysql, connection, head));
    } catch (SQLException e) {
      throw mysql.failed(e);
    }
  }

  private static boolean noOpenWriters(Connection connection) throws SQLException {
    return GapProof.of(connection)
        .findWriters(connection)
        .filter(writers -> writers.transactions().isEmpty())
        .isPresent();
  }

  private static Ids missing(Mysql mysql, Connection connection, long head) throws SQLException {
    // Not from the pool, which may have only one connection.
    try (Connection other = mysql.open();
        Statement statement = connection.createStatement()) {
      MissingIds missing = new MissingIds(other);
      // Row by row: the log may have more rows than fit into memory.
      statement.setFetchSize(Integer.MIN_VALUE);
      try (ResultSet rows =
          statement.executeQuery(
              "SELECT id FROM %s WHERE id <= %d ORDER BY id"
                  .formatted(ChangeLogTable.NAME, head))) {
        while (rows.next()) {
          missing.addVisible(rows.getLong(1));
        }
      }
      // Read last: ids deleted before the walk began are then below the floor.
      return RetentionFloor.above(RetentionFloor.of(other), missing.open());
    }
  }
}
