package dev.orderwire.mysql;

import dev.orderwire.change.Column;
import java.util.ArrayList;
import java.util.List;

/**
 * A part of a WHERE clause with its parameters. It only narrows what a snapshot reads, so that
 * MySQL can use its indexes: it may let too much through (a collation that ignores case does),
 * never too little. What belongs to a view is decided by the view.
 *
 * @param sql with a {@code ?} for each parameter; never user input
 * @param parameters the values, as text; MySQL converts them
 */
public record SqlCondition(String sql, List<String> parameters) {
  /** Lets everything through. */
  public static final SqlCondition ALL = new SqlCondition("TRUE", List.of());

  public SqlCondition {
    parameters = List.copyOf(parameters);
  }

  public static SqlCondition equalTo(Column column, String value) {
    return new SqlCondition(Sql.quote(column.name()) + " = ?", List.of(value));
  }

  /** Compares as {@link #equalTo} does, but what is shown, not what is held: without an index. */
  public static SqlCondition shownAs(Column column, String value) {
    return new SqlCondition(
        "CONVERT(" + Sql.quote(column.name()) + " USING utf8mb4) = ?", List.of(value));
  }

  public static SqlCondition isNull(Column column) {
    return new SqlCondition(Sql.quote(column.name()) + " IS NULL", List.of());
  }

  /** All of them; {@link #ALL} for none. */
  public static SqlCondition and(List<SqlCondition> conditions) {
    return joined(" AND ", conditions, ALL);
  }

  /** Any of them; nothing passes where there are none. */
  public static SqlCondition or(List<SqlCondition> conditions) {
    return joined(" OR ", conditions, new SqlCondition("FALSE", List.of()));
  }

  private static SqlCondition joined(
      String word, List<SqlCondition> conditions, SqlCondition ofNone) {
    if (conditions.isEmpty()) {
      return ofNone;
    }
    StringBuilder sql = new StringBuilder("(");
    List<String> parameters = new ArrayList<>();
    for (SqlCondition condition : conditions) {
      if (sql.length() > 1) {
        sql.append(word);
      }
      sql.append(condition.sql);
      parameters.addAll(condition.parameters);
    }
    return new SqlCondition(sql.append(')').toString(), parameters);
  }
}
