package dev.orderwire.changelog;

import dev.orderwire.change.Change;
import dev.orderwire.change.Ids;
import dev.orderwire.change.OrderwireException;
import dev.orderwire.change.Position;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads again what the feed no longer holds. What was once visible does not change, so a replay may
 * be read in as many statements as its reader is slow, and holds nothing open between them. Blocks;
 * safe for any number of threads.
 */
public final class Replay {
  /** What a reader of the change log gets. */
  public sealed interface Page {
    /** The next changes, by rising id; none where there are no more. */
    record Changes(List<Change> changes) implements Page {
      public Changes {
        changes = List.copyOf(changes);
      }
    }

    /** From some change on the log does not say all, and the table is to be read anew. */
    record Marked() implements Page {}

    /** Retention has deleted some of what was asked for. */
    record Deleted() implements Page {}
  }

  private final Mysql mysql;
  private final ChangeReader reader;

  public Replay(Mysql mysql, Catalog catalog) {
    this.mysql = mysql;
    this.reader = new ChangeReader(catalog);
  }

  /**
   * The next changes of a table among {@code ids}: all of them up to where the page ends, or none.
   *
   * @param afterId only those above it; 0 at first, then the last one's id
   * @param maxChanges how many at the most
   * @param maxBytes where to stop early, in characters of the rows' JSON; the first one always
   *     comes
   * @throws OrderwireException {@code mysql_unavailable}
   */
  public Page page(Ids ids, String table, long afterId, int maxChanges, long maxBytes) {
    Ids wanted = Floor.above(afterId, ids);
    try (Connection connection = mysql.connect()) {
      Page page = page(connection, wanted, table, maxChanges, maxBytes);
      // Asked last: whatever had been deleted when the page was read lies below it.
      return Floor.reaches(Floor.of(connection), wanted) ? new Page.Deleted() : page;
    } catch (SQLException e) {
      throw mysql.unavailable(e);
    }
  }

  private Page page(Connection connection, Ids wanted, String table, int maxChanges, long maxBytes)
      throws SQLException {
    Ids left = wanted;
    while (!left.isEmpty()) {
      Found found = new Found(left);
      found.read(connection, table, maxChanges, maxBytes);
      if (found.marked) {
        return new Page.Marked();
      }
      if (!found.changes.isEmpty() || found.rows < maxChanges) {
        return new Page.Changes(found.changes);
      }
      // Nothing but what was not wanted: more may follow.
      left = Floor.above(found.lastId, left);
    }
    return new Page.Changes(List.of());
  }

  /**
   * All that is visible now, as one statement sees it, beyond what is known to be.
   *
   * @throws OrderwireException {@code mysql_unavailable}
   */
  public Position now(Position known) {
    try (Connection connection = mysql.connect();
        Statement statement = connection.createStatement()) {
      return known.with(LogRows.since(statement, known));
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

  /** What one statement finds. */
  private final class Found {
    private final Ids wanted;
    private final List<Change> changes = new ArrayList<>();
    private boolean marked;
    private int rows;
    private long lastId;

    Found(Ids wanted) {
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
          switch (reader.read(found)) {
            case LogRow.Entry(Change change) -> {
              changes.add(change);
              size += ChangeReader.size(change);
            }
            case LogRow.Marker(String _) -> marked = true;
            // Who is caught up from before it is given the rows, and never comes here.
            case LogRow.Reset(Table _) -> {}
          }
        }
      }
    }
  }
}
