package dev.orderwire.bench;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/** What a MySQL says of itself. */
final class MysqlStatus {
  private MysqlStatus() {}

  /** How many statements clients have sent it, this one among them. */
  static long questions(Connection connection) throws SQLException {
    return number(
        connection,
        "SELECT variable_value FROM performance_schema.global_status"
            + " WHERE variable_name = 'Questions'");
  }

  /**
   * How many queries for rows of a watched table the server has sent it, those of snapshots among
   * them. By their beginning, as the text of a digest may be cut.
   */
  static long listQueries(Connection connection, String database) throws SQLException {
    return number(
        connection,
        "SELECT COALESCE(SUM(count_star), 0)"
            + " FROM performance_schema.events_statements_summary_by_digest"
            + " WHERE schema_name = '%s' AND digest_text LIKE 'SELECT `JSON\\_OBJECT`%%'"
                .formatted(database));
  }

  /** How many rows of a table its handlers have fetched. */
  static long rowsRead(Connection connection, String database, String table) throws SQLException {
    return number(
        connection,
        "SELECT count_fetch FROM performance_schema.table_io_waits_summary_by_table"
            + " WHERE object_schema = '%s' AND object_name = '%s'".formatted(database, table));
  }

  /** The one number that a query answers. */
  static long number(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      row.next();
      return row.getLong(1);
    }
  }
}
