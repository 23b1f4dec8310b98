package dev.orderwire.mysql;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** Small questions to MySQL, such as those to {@code information_schema}. */
public final class Query {
  private Query() {}

  /** Makes a value of the row that the result stands on. */
  public interface Mapper<T> {
    T map(ResultSet row) throws SQLException;
  }

  /** All rows of a query; each parameter stands for a {@code ?}. */
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
