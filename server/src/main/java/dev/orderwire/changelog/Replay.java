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
    Ids left = above(afterId, ids);
    try (Connection connection = mysql.connect()) {
      while (!left.isEmpty()) {
        Page page = new Page(left);
        page.read(connection, table, maxChanges, maxBytes);
        if (!page.changes.isEmpty() || page.rows < maxChanges) {
          return page.changes;
        }
        // Nothing but what was not wanted, or what a trigger could only mark: more may follow.
        left = above(page.lastId, left);
      }
      return List.of();
    } catch (SQLException e) {
      throw mysql.unavailable(e);
    }
  }

  private static Ids above(long id, Ids ids) {
    return id < 1 ? ids : ids.without(new Ids(List.of(new Ids.Range(1, id))));
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

  /** What one statement finds. */
  private final class Page {
    private final Ids wanted;
    private final List<Change> changes = new ArrayList<>();
    private int rows;
    private long lastId;

    Page(Ids wanted) {
      this.wanted = wanted;
    }

    void read(Connection connection, String table, int maxChanges, long maxBytes)
        throws SQLException {
      String sql =
          "SELECT "
              + ChangeReader.COLUMNS
              + " FROM "
              + ChangeLogTable.NAME
              + " WHERE ("
              + LogIds.in(wanted)
              + ") AND table_name = ? ORDER BY id LIMIT "
              + maxChanges;
      try (PreparedStatement statement = connection.prepareStatement(sql)) {
        statement.setString(1, table);
        // Row by row, to stop at maxBytes before the rest has been sent.
        statement.setFetchSize(Integer.MIN_VALUE);
        try (ResultSet found = statement.executeQuery()) {
          read(found, maxBytes);
        }
      }
    }

    private void read(ResultSet found, long maxBytes) throws SQLException {
      long size = 0;
      while (size < maxBytes && found.next()) {
        rows++;
        lastId = ChangeReader.id(found);
        if (wanted.contains(lastId)) {
          if (reader.read(found) instanceof LogRow.Entry(Change change)) {
            changes.add(change);
            size += ChangeReader.size(change);
          }
        }
      }
    }
  }
}
