package dev.orderwire.changelog;

import dev.orderwire.change.Key;
import dev.orderwire.change.Op;
import dev.orderwire.change.Table;
import dev.orderwire.changelog.row.RowJson;
import dev.orderwire.feed.RowHistory;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Searches the change log backwards for the changes of one row. The log has no index on the key, as
 * each write of the application would pay for it; so the search ends after a number of entries, and
 * after a time.
 */
final class LogSearch {
  /** A change that was found. */
  record Hit(long id, Op op, Instant at, Key key) {}

  static final int MOST_SEARCHED = 200_000;

  private static final int PAGE = 5_000;
  private static final Duration LONGEST = Duration.ofSeconds(2);

  /** ER_QUERY_TIMEOUT. */
  private static final int TIMEOUT = 3024;

  private final String table;
  private final RowJson keys;
  private final Predicate<Key> wanted;
  private final List<Hit> hits = new ArrayList<>();
  private long searched;
  private long below = Long.MAX_VALUE;
  private boolean all;

  LogSearch(Table table, Predicate<Key> wanted) {
    this.table = table.name();
    this.keys = new RowJson(table.key());
    this.wanted = wanted;
  }

  /** The newest change first. */
  List<Hit> hits() {
    return hits;
  }

  /** How many entries it has looked at. */
  long searched() {
    return searched;
  }

  /** Whether it has looked at all entries. */
  boolean all() {
    return all;
  }

  /** Searches what the session's isolation level shows. */
  void run(Connection connection) throws SQLException {
    long end = System.nanoTime() + LONGEST.toNanos();
    try (Statement statement = connection.createStatement()) {
      long left = LONGEST.toMillis();
      while (!all && hits.size() < RowHistory.MOST && searched < MOST_SEARCHED && left > 0) {
        page(statement, left);
        left = (end - System.nanoTime()) / 1_000_000;
      }
    } catch (SQLException e) {
      if (e.getErrorCode() != TIMEOUT) {
        throw e;
      }
    }
  }

  private void page(Statement statement, long millis) throws SQLException {
    String sql =
        """
        SELECT /*+ MAX_EXECUTION_TIME(%d) */ id, table_name, op, row_key,
          TIMESTAMPDIFF(MICROSECOND, '1970-01-01 00:00:00', at)
        FROM %s WHERE id < %d ORDER BY id DESC LIMIT %d
        """
            .formatted(millis, ChangeLogTable.NAME, below, PAGE);
    int count = 0;
    try (ResultSet rows = statement.executeQuery(sql)) {
      while (rows.next()) {
        count++;
        if (hits.size() < RowHistory.MOST) {
          searched++;
          below = rows.getLong(1);
          read(rows);
        }
      }
    }
    all = count < PAGE && hits.size() < RowHistory.MOST;
  }

  private void read(ResultSet row) throws SQLException {
    String text = row.getString(4);
    if (text == null || !row.getString(2).equals(table)) {
      return;
    }
    Key key = key(text);
    if (key != null && wanted.test(key)) {
      hits.add(
          new Hit(
              row.getLong(1),
              Op.of(row.getString(3)),
              Instant.EPOCH.plus(row.getLong(5), ChronoUnit.MICROS),
              key));
    }
  }

  /** The key; null if it is not one that Orderwire wrote. */
  private @Nullable Key key(String json) {
    try {
      return new Key(keys.parse(json));
    } catch (IllegalArgumentException e) {
      return null;
    }
  }
}
