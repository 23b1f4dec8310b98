package dev.orderwire.mysql;

import static java.util.stream.Collectors.joining;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Locale;
import java.util.Optional;

/**
 * The numbers that InnoDB gives to tables. A table that is truncated, or dropped and created again,
 * gets another one, and nothing else that MySQL 8.0 shows would tell (its time of creation stays
 * when it is truncated; tried on 8.0.15). They are shown to those who hold PROCESS.
 */
public final class TableIds {
  private static final int ACCESS_DENIED = 1227;

  private TableIds() {}

  /**
   * The number of a table, or those of all its partitions. Empty where they are not shown, or the
   * table has a name outside of ASCII, which InnoDB keeps in a way of its own.
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
   * How often any table was truncated, which is all that MySQL shows of it to those who do not see
   * the numbers. Counted when the statement begins, before it waits for the table.
   */
  public static String truncates(Connection connection) throws SQLException {
    return Query.list(
            connection,
            "SHOW GLOBAL STATUS WHERE Variable_name = 'Com_truncate'",
            row -> row.getString(2))
        .getFirst();
  }

  /** As MySQL names files: what is no letter, digit or underscore by its code point. */
  private static String fileName(String name) {
    return name.toLowerCase(Locale.ROOT)
        .chars()
        .mapToObj(c ->
            c == '_' || Character.isLetterOrDigit(c) ? Character.toString(c) : "@%04x".formatted(c))
        .collect(joining());
  }
}
