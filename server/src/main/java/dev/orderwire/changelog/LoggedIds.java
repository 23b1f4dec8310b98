package dev.orderwire.changelog;

import dev.orderwire.change.Ids;
import dev.orderwire.change.Position;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/** Reads which ids have a row in the change log. */
public final class LoggedIds {
  /** Bounds a read of uncommitted rows: an open bulk change can have any number of them. */
  private static final int MAX_UNCOMMITTED = 20_000;

  private static final int MAX_COMMITTED = 1_000;

  private LoggedIds() {}

  /** The highest id that is visible now; 0 in an empty change log. */
  public static long newestId(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery("SELECT COALESCE(MAX(id), 0) FROM " + ChangeLogTable.NAME)) {
      row.next();
      return row.getLong(1);
    }
  }

  /** The visible ids that {@code known} does not cover, read by one statement. */
  static Ids since(Statement statement, Position known) throws SQLException {
    String sql =
        "SELECT id FROM %s WHERE id > %d OR %s ORDER BY id"
            .formatted(ChangeLogTable.NAME, known.head(), IdCondition.in(known.gaps()));
    Ids.Builder found = new Ids.Builder();
    try (ResultSet rows = statement.executeQuery(sql)) {
      while (rows.next()) {
        found.add(rows.getLong(1), rows.getLong(1));
      }
    }
    return found.build();
  }

  /**
   * The {@code ids} that have a row, committed or not. This finds open transactions even if MySQL
   * does not show them otherwise, and needs only the privilege SELECT.
   *
   * <p>Stops after 20,000 rows; all ids beyond them count as having a row.
   */
  public static Ids includingUncommitted(Connection session, Ids ids) throws SQLException {
    try (Statement statement = session.createStatement()) {
      // Applies to the next transaction only, which starts at once, so that a failed read cannot
      // leave the isolation level to another one.
      statement.execute("SET TRANSACTION ISOLATION LEVEL READ UNCOMMITTED, READ ONLY");
      statement.execute("START TRANSACTION");
      try {
        Ids.Builder found = new Ids.Builder();
        long last = read(statement, ids, MAX_UNCOMMITTED, found);
        if (last > 0) {
          found.add(last + 1, Long.MAX_VALUE);
        }
        return found.build().in(ids);
      } finally {
        statement.execute("COMMIT");
      }
    }
  }

  /** The {@code ids} that have a committed row; stops after 1,000 rows. */
  public static Ids firstCommitted(Connection session, Ids ids) throws SQLException {
    try (Statement statement = session.createStatement()) {
      Ids.Builder found = new Ids.Builder();
      read(statement, ids, MAX_COMMITTED, found);
      return found.build().in(ids);
    }
  }

  /** Adds the ids found. Returns the last one if the limit was reached, otherwise 0. */
  private static long read(Statement statement, Ids ids, int limit, Ids.Builder found)
      throws SQLException {
    int count = 0;
    long last = 0;
    try (ResultSet rows =
        statement.executeQuery(
            "SELECT id FROM %s WHERE %s ORDER BY id LIMIT %d"
                .formatted(ChangeLogTable.NAME, IdCondition.in(ids), limit))) {
      while (rows.next()) {
        last = rows.getLong(1);
        found.add(last, last);
        count++;
      }
    }
    return count == limit ? last : 0;
  }
}
