package dev.orderwire.changelog;

import dev.orderwire.change.Ids;
import dev.orderwire.change.Position;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/** Which ids have a row in the change log. */
public final class LoggedIds {
  /** A bulk change that has not committed may have any number of rows. */
  private static final int MOST = 20_000;

  private static final int FEW = 1_000;

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

  /** What is visible, by one statement, and {@code known} does not cover. */
  static Ids since(Statement statement, Position known) throws SQLException {
    String sql =
        "SELECT id FROM %s WHERE id > %d OR %s ORDER BY id"
            .formatted(ChangeLogTable.NAME, known.head(), IdCondition.in(known.gaps()));
    Ids.Builder there = new Ids.Builder();
    try (ResultSet rows = statement.executeQuery(sql)) {
      while (rows.next()) {
        there.add(rows.getLong(1), rows.getLong(1));
      }
    }
    return there.build();
  }

  /**
   * Those of {@code ids} whose row is there, committed or not: also where MySQL shows nothing else
   * of its transaction. Needs no privilege but SELECT.
   *
   * <p>Where there are very many, all beyond the first ones count as there.
   */
  public static Ids amongAll(Connection session, Ids ids) throws SQLException {
    try (Statement statement = session.createStatement()) {
      // For the next transaction alone. It is begun at once: a read that fails must not leave it
      // on.
      statement.execute("SET TRANSACTION ISOLATION LEVEL READ UNCOMMITTED, READ ONLY");
      statement.execute("START TRANSACTION");
      try {
        Ids.Builder there = new Ids.Builder();
        long last = read(statement, ids, MOST, there);
        if (last > 0) {
          there.add(last + 1, Long.MAX_VALUE);
        }
        return there.build().in(ids);
      } finally {
        statement.execute("COMMIT");
      }
    }
  }

  /** The first ones of {@code ids} whose row is there and committed. */
  public static Ids firstCommitted(Connection session, Ids ids) throws SQLException {
    try (Statement statement = session.createStatement()) {
      Ids.Builder there = new Ids.Builder();
      read(statement, ids, FEW, there);
      return there.build().in(ids);
    }
  }

  /** The last id where there may be more of them, and 0 where that was all. */
  private static long read(Statement statement, Ids ids, int most, Ids.Builder there)
      throws SQLException {
    int count = 0;
    long last = 0;
    try (ResultSet rows =
        statement.executeQuery(
            "SELECT id FROM %s WHERE %s ORDER BY id LIMIT %d"
                .formatted(ChangeLogTable.NAME, IdCondition.in(ids), most))) {
      while (rows.next()) {
        last = rows.getLong(1);
        there.add(last, last);
        count++;
      }
    }
    return count == most ? last : 0;
  }
}
