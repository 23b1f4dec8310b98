package dev.orderwire.tail;

import dev.orderwire.change.Ids;
import dev.orderwire.change.OrderwireException;
import dev.orderwire.change.Position;
import dev.orderwire.changelog.ChangeLogTable;
import dev.orderwire.changelog.LoggedIds;
import dev.orderwire.changelog.RetentionFloor;
import dev.orderwire.mysql.Mysql;
import dev.orderwire.tail.gaps.GapProof;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/** Where a tail begins that has seen nothing yet: at the change log's end. */
final class TailStart {
  private TailStart() {}

  /**
   * The position that covers all that is decided now. Ids below head that are missing count as gaps
   * where a transaction is open that may still make them visible: a restart must not lose what was
   * under way. Where MySQL shows that there is none, nothing below head can come any more.
   *
   * @throws OrderwireException {@code no_change_log}, {@code mysql_unavailable}
   */
  static Position read(Mysql mysql) {
    try (Connection connection = mysql.connect()) {
      String epoch = ChangeLogTable.epoch(connection);
      long head = LoggedIds.newestId(connection);
      return new Position(
          epoch, head, nobodyWrites(connection) ? Ids.NONE : missing(mysql, connection, head));
    } catch (SQLException e) {
      throw mysql.unavailable(e);
    }
  }

  private static boolean nobodyWrites(Connection connection) throws SQLException {
    return GapProof.of(connection)
        .look(connection)
        .filter(sighting -> sighting.transactions().isEmpty())
        .isPresent();
  }

  private static Ids missing(Mysql mysql, Connection connection, long head) throws SQLException {
    // Not out of the pool, which may hold no second one.
    try (Connection other = mysql.open();
        Statement statement = connection.createStatement()) {
      MissingIds missing = new MissingIds(other);
      // Row by row: the log may have more rows than there is memory for.
      statement.setFetchSize(Integer.MIN_VALUE);
      try (ResultSet rows =
          statement.executeQuery(
              "SELECT id FROM %s WHERE id <= %d ORDER BY id"
                  .formatted(ChangeLogTable.NAME, head))) {
        while (rows.next()) {
          missing.seen(rows.getLong(1));
        }
      }
      // Asked last: whatever had been deleted when the walk began lies below it.
      return RetentionFloor.above(RetentionFloor.of(other), missing.open());
    }
  }
}
