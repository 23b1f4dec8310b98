package dev.orderwire.changelog;

import dev.orderwire.change.Change;
import dev.orderwire.change.Ids;
import dev.orderwire.change.OrderwireException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads again what the feed no longer holds. What was once visible does not change, so a replay may
 * be read in as many statements as its reader is slow, and holds nothing open between them. Blocks;
 * safe for any number of threads.
 */
public final class Replay {
  private final Mysql mysql;
  private final ChangeReader reader;

  public Replay(Mysql mysql, Catalog catalog) {
    this.mysql = mysql;
    this.reader = new ChangeReader(catalog);
  }

  /**
   * The next changes of a table among {@code ids}, by rising id; none where there are no more.
   *
   * @param afterId only those above it; 0 at first, then the last one's id
   * @param maxChanges how many at the most
   * @param maxBytes where to stop early, in characters of the rows' JSON; the first one always
   *     comes
   * @throws OrderwireException {@code mysql_unavailable}
   */
  public List<Change> page(Ids ids, String table, long afterId, int maxChanges, long maxBytes) {
    Ids wanted = afterId < 1 ? ids : ids.without(new Ids(List.of(new Ids.Range(1, afterId))));
    if (wanted.isEmpty()) {
      return List.of();
    }
    String sql =
        "SELECT "
            + ChangeReader.COLUMNS
            + " FROM "
            + ChangeLogTable.NAME
            + " WHERE ("
            + LogIds.in(wanted)
            + ") AND table_name = ? ORDER BY id LIMIT "
            + maxChanges;
    try (Connection connection = mysql.connect();
        PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setString(1, table);
      // Row by row, to stop at maxBytes before the rest has been sent.
      statement.setFetchSize(Integer.MIN_VALUE);
      try (ResultSet rows = statement.executeQuery()) {
        return read(rows, wanted, maxBytes);
      }
    } catch (SQLException e) {
      throw mysql.unavailable(e);
    }
  }

  /**
   * The highest id that is visible now; 0 where there is none.
   *
   * @throws OrderwireException {@code mysql_unavailable}
   */
  public long newestId() {
    try (Connection connection = mysql.connect()) {
      return LogStart.newestId(connection);
    } catch (SQLException e) {
      throw mysql.unavailable(e);
    }
  }

  private List<Change> read(ResultSet rows, Ids wanted, long maxBytes) throws SQLException {
    List<Change> page = new ArrayList<>();
    long size = 0;
    while (size < maxBytes && rows.next()) {
      if (wanted.contains(ChangeReader.id(rows))) {
        Change change = reader.read(rows).orElse(null);
        if (change != null) {
          page.add(change);
          size += ChangeReader.size(change);
        }
      }
    }
    return page;
  }
}
