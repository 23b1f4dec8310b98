package dev.orderwire.mysql;

import static java.util.stream.Collectors.joining;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * InnoDB's table ids. A table that is truncated, rebuilt, or dropped and created again, gets a new
 * id. MySQL 8.0 shows no other sign of a TRUNCATE: the creation time stays (tried on 8.0.15). Only
 * users with the privilege PROCESS see the ids.
 */
public final class TableIds {
  /** Access denied; or a column that MySQL before 8.0.14 does not have. */
  private static final Set<Integer> HIDDEN = Set.of(1227, 1054);

  private TableIds() {}

  /**
   * The id of a table, or the ids of all its partitions. Empty if this user does not see them, or
   * if the table's name is not ASCII, as InnoDB encodes such names differently.
   */
  public static Optional<String> of(Connection connection, String table) throws SQLException {
    return rows(
            connection,
            table,
            "SELECT CAST(GROUP_CONCAT(table_id ORDER BY table_id) AS CHAR) AS numbers"
                + " FROM information_schema.innodb_tables WHERE "
                + named("name"),
            row -> Optional.ofNullable(row.getString("numbers")))
        .flatMap(List::getFirst);
  }

  /** The condition for the rows of a table, or of its partitions. */
  private static String named(String column) {
    return "SUBSTRING_INDEX(LOWER(" + column + "), '#p#', 1) = ?";
  }

  /** The rows of a query by the table's name in InnoDB; empty if this user may not see them. */
  private static <T> Optional<List<T>> rows(
      Connection connection, String table, String sql, Query.Mapper<T> mapper) throws SQLException {
    String database = connection.getCatalog();
    if (!(database + table).chars().allMatch(c -> c < 128)) {
      return Optional.empty();
    }
    try {
      return Optional.of(
          Query.list(connection, sql, mapper, fileName(database) + "/" + fileName(table)));
    } catch (SQLException e) {
      if (HIDDEN.contains(e.getErrorCode())) {
        return Optional.empty();
      }
      throw e;
    }
  }

  /**
   * The ids of {@link #of}, each with the number of times that columns were added or dropped
   * without a rebuild (ALGORITHM=INSTANT), after which rows have other values under the same id.
   * Equal as long as no stored row was replaced. Empty like {@link #of}.
   */
  public static Optional<String> withVersions(Connection connection, String table)
      throws SQLException {
    return rows(
            connection,
            table,
            "SELECT * FROM information_schema.innodb_tables WHERE "
                + named("name")
                + " ORDER BY table_id",
            TableIds::withVersion)
        .filter(ids -> !ids.isEmpty())
        .map(ids -> String.join(",", ids));
  }

  /** Each version of MySQL has other columns: {@code total_row_versions} came with 8.0.29. */
  private static String withVersion(ResultSet row) throws SQLException {
    ResultSetMetaData columns = row.getMetaData();
    String id = "";
    String version = "";
    for (int i = 1; i <= columns.getColumnCount(); i++) {
      switch (columns.getColumnLabel(i).toLowerCase(Locale.ROOT)) {
        case "table_id" -> id = row.getString(i);
        case "instant_cols", "total_row_versions" -> version += ":" + row.getString(i);
        default -> {}
      }
    }
    return id + version;
  }

  /**
   * Whether the table's rows, or those of a partition, are away between DISCARD TABLESPACE and
   * IMPORT TABLESPACE. False if this user does not see the ids.
   */
  public static boolean isDiscarded(Connection connection, String table) throws SQLException {
    return rows(
            connection,
            table,
            "SELECT 1 FROM information_schema.innodb_tablespaces WHERE state = 'discarded' AND "
                + named("name"),
            row -> row.getString(1))
        .filter(found -> !found.isEmpty())
        .isPresent();
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
