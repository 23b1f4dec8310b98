package dev.orderwire.mysql.sql;

import dev.orderwire.change.Column;
import java.util.ArrayList;
import java.util.List;

/**
 * A part of a WHERE clause with its parameters. It narrows what a snapshot reads, so that MySQL can
 * use its indexes. It may let through too many rows, as with a collation that ignores case, but
 * never too few; the view itself decides which rows match.
 *
 * @param sql with a {@code ?} for each parameter; contains no user input
 * @param parameters the values as text, which MySQL converts
 */
public record SqlCondition(String sql, List<String> parameters) {
  /** Lets all rows through. */
  public static final SqlCondition ALL = new SqlCondition("TRUE", List.of());

  public SqlCondition {
    parameters = List.copyOf(parameters);
  }

  /** Compares the stored value, so that MySQL can use an index. */
  static SqlCondition equalTo(Column column, String value) {
    return new SqlCondition(Sql.quote(column.name()) + " = ?", List.of(value));
  }

  /** Compares the value after its conversion to utf8mb4, without an index. */
  static SqlCondition equalWhenConverted(Column column, String value) {
    return new SqlCondition(
        "CONVERT(" + Sql.quote(column.name()) + " USING utf8mb4) = ?", List.of(value));
  }

  static SqlCondition isNull(Column column) {
    return new SqlCondition(Sql.quote(column.name()) + " IS NULL", List.of());
  }

  /** Requires all conditions; {@link #ALL} if there are none. */
  public static SqlCondition and(List<SqlCondition> conditions) {
    return joined(" AND ", conditions, ALL);
  }

  /** Requires one of the conditions; lets no row through if there are none. */
  static SqlCondition or(List<SqlCondition> conditions) {
    return joined(" OR ", conditions, new SqlCondition("FALSE", List.of()));
  }

  private static SqlCondition joined(
      String operator, List<SqlCondition> conditions, SqlCondition ifNone) {
    if (conditions.isEmpty()) {
      return ifNone;
    }
    StringBuilder sql = new StringBuilder("(");
    List<String> parameters = new ArrayList<>();
    for (SqlCondition condition : conditions) {
      if (sql.length() > 1) {
        sql.append(operator);
      }
      sql.append(condition.sql);
      parameters.addAll(condition.parameters);
    }
    return new SqlCondition(sql.append(')').toString(), parameters);
  }
}
