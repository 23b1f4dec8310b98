package dev.orderwire.changelog;

import dev.orderwire.change.Change;
import dev.orderwire.change.Ids;
import dev.orderwire.change.Position;
import dev.orderwire.change.Table;
import dev.orderwire.changelog.row.ChangeReader;
import dev.orderwire.changelog.row.LogRow;
import dev.orderwire.changelog.row.RowParsers;
import dev.orderwire.feed.Backlog;
import dev.orderwire.feed.Catalog;
import dev.orderwire.mysql.Mysql;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** Replays changes out of the change log in MySQL. */
public final class MysqlBacklog implements Backlog {
  private final Mysql mysql;
  private final ChangeReader reader;
  private final ReadProof proof;
  private final Supplier<String> epoch;

  /** The change log of the source. */
  public MysqlBacklog(Mysql mysql, Catalog catalog) {
    this(mysql, catalog, ReadProof.OF_SOURCE, () -> "");
  }

  /**
   * @param epoch of the log that its callers ask for
   */
  public MysqlBacklog(Mysql mysql, Catalog catalog, ReadProof proof, Supplier<String> epoch) {
    this.mysql = mysql;
    this.proof = proof;
    this.epoch = epoch;
    this.reader = new ChangeReader(new RowParsers(catalog::table));
  }

  @Override
  public Page page(Ids ids, String table, long afterId, int maxChanges, long maxBytes) {
    Ids wanted = RetentionFloor.above(afterId, ids);
    try (Connection connection = mysql.connect()) {
      proof.await(connection);
      Page page = page(connection, wanted, table, maxChanges, maxBytes);
      proof.check(connection, epoch.get());
      // Read the floor last: it covers every row that was deleted before the page was read.
      return RetentionFloor.reaches(RetentionFloor.of(connection), wanted)
          ? new Page.Deleted()
          : page;
    } catch (SQLException e) {
      throw mysql.failed(e);
    }
  }

  private Page page(Connection connection, Ids wanted, String table, int maxChanges, long maxBytes)
      throws SQLException {
    Ids left = wanted;
    while (!left.isEmpty()) {
      Found found = new Found(left);
      found.read(connection, table, maxChanges, maxBytes);
      if (found.incomplete) {
        return new Page.Incomplete();
      }
      if (!found.changes.isEmpty() || found.rows < maxChanges) {
        return new Page.Changes(found.changes);
      }
      // The page had only ids that were not wanted; more may follow.
      left = RetentionFloor.above(found.lastId, left);
    }
    return new Page.Changes(List.of());
  }

  @Override
  public Position now(Position known) {
    try (Connection connection = mysql.connect();
        Statement statement = connection.createStatement()) {
      return known.with(LoggedIds.since(statement, known));
    } catch (SQLException e) {
      throw mysql.failed(e);
    }
  }

  @Override
  public long newestId() {
    try (Connection connection = mysql.connect()) {
      return LoggedIds.newestId(connection);
    } catch (SQLException e) {
      throw mysql.failed(e);
    }
  }

  /** The result of one statement. */
  private final class Found {
    private final Ids wanted;
    private final List<Change> changes = new ArrayList<>();
    private boolean incomplete;
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
              + IdCondition.in(wanted)
              + ") AND table_name = ? ORDER BY id LIMIT "
              + maxChanges;
      try (PreparedStatement statement = connection.prepareStatement(sql)) {
        statement.setString(1, table);
        // Streams row by row, to stop at maxBytes before MySQL has sent the rest.
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
            case LogRow.Marker(String _) -> incomplete = true;
            // A client at a position before a reset gets a snapshot instead of a replay.
            case LogRow.Reset(Table _) -> {}
          }
        }
      }
    }
  }
}
