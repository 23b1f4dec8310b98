package dev.orderwire.mysql;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/** Runs small queries, such as those of {@code information_schema}. */
public final class Query {
  private Query() {}

  /** Maps the current row of a result to a value. */
  public interface Mapper<T> {
    T map(ResultSet row) throws SQLException;
  }

  /** Runs a statement that has no result. */
  public static void execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  /** All rows of a query. The parameters replace the query's {@code ?} in order. */
  public static <T> List<T> list(
      Connection connection, String sql, Mapper<T> mapper, String... parameters)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      for (int i = 0; i < parameters.length; i++) {
        statement.setString(i + 1, parameters[i]);
      }
      List<T> rows = new ArrayList<>();
      try (ResultSet results = statement.executeQuery()) {
        while (results.next()) {
          rows.add(mapper.map(results));
        }
      }
      return rows;
    }
  }
}
