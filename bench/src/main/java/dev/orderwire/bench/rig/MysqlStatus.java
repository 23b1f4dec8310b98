package dev.orderwire.bench.rig;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/** Counters that MySQL keeps. */
public final class MysqlStatus {
  private MysqlStatus() {}

  /** The number of statements that clients have sent, including this one. */
  public static long questions(Connection connection) throws SQLException {
    return number(
        connection,
        "SELECT variable_value FROM performance_schema.global_status"
            + " WHERE variable_name = 'Questions'");
  }

  /**
   * The number of queries by which the server has read rows of watched tables, snapshots included.
   * They are recognized by their beginning, because MySQL may truncate the text of a digest.
   */
  public static long listQueries(Connection connection, String database) throws SQLException {
    return number(
        connection,
        "SELECT COALESCE(SUM(count_star), 0)"
            + " FROM performance_schema.events_statements_summary_by_digest"
            + " WHERE schema_name = '%s' AND digest_text LIKE 'SELECT `JSON\\_OBJECT`%%'"
                .formatted(database));
  }

  /** The number of rows that MySQL has fetched from a table. */
  public static long rowsRead(Connection connection, String database, String table)
      throws SQLException {
    return number(
        connection,
        "SELECT count_fetch FROM performance_schema.table_io_waits_summary_by_table"
            + " WHERE object_schema = '%s' AND object_name = '%s'".formatted(database, table));
  }

  /** Runs a query that returns one number. */
  public static long number(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      row.next();
      return row.getLong(1);
    }
  }
}
