package dev.orderwire.mysql;

import static java.util.stream.Collectors.joining;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Locale;
import java.util.Optional;

/**
 * InnoDB's table ids. A table that is truncated, or dropped and created again, gets a new id. MySQL
 * 8.0 shows no other sign of a TRUNCATE: the creation time stays (tried on 8.0.15). Only users with
 * the privilege PROCESS see the ids.
 */
public final class TableIds {
  private static final int ACCESS_DENIED = 1227;

  private TableIds() {}

  /**
   * The id of a table, or the ids of all its partitions. Empty if this user does not see them, or
   * if the table's name is not ASCII, as InnoDB encodes such names differently.
   */
  public static Optional<String> of(Connection connection, String table) throws SQLException {
    String database = connection.getCatalog();
    if (!(database + table).chars().allMatch(c -> c < 128)) {
      return Optional.empty();
    }
    try {
      return Query.list(
              connection,
              """
              SELECT CAST(GROUP_CONCAT(table_id ORDER BY table_id) AS CHAR) AS numbers
                FROM information_schema.innodb_tables
               WHERE SUBSTRING_INDEX(LOWER(name), '#p#', 1) = ?\
              """,
              row -> Optional.ofNullable(row.getString("numbers")),
              fileName(database) + "/" + fileName(table))
          .getFirst();
    } catch (SQLException e) {
      if (e.getErrorCode() == ACCESS_DENIED) {
        return Optional.empty();
      }
      throw e;
    }
  }

  /**
   * How many TRUNCATE statements the server has run, the only sign for users who do not see the
   * ids. MySQL counts a statement when it begins, before it waits for the table.
   */
  public static String truncateCount(Connection connection) throws SQLException {
    return Query.list(
            connection,
            "SHOW GLOBAL STATUS WHERE Variable_name = 'Com_truncate'",
            row -> row.getString(2))
        .getFirst();
  }

  /** The table's file name: MySQL writes all but letters, digits and underscores as code points. */
  private static String fileName(String name) {
    return name.toLowerCase(Locale.ROOT)
        .chars()
        .mapToObj(c ->
            c == '_' || Character.isLetterOrDigit(c) ? Character.toString(c) : "@%04x".formatted(c))
        .collect(joining());
  }
}
