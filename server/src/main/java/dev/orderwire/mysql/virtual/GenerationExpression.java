package dev.orderwire.mysql.virtual;

import dev.orderwire.change.ErrorCode;
import dev.orderwire.change.OrderwireException;
import dev.orderwire.mysql.sql.Sql;

/**
 * The expression of a generated column, taken from SHOW CREATE TABLE: {@code information_schema}
 * shows it escaped and encoded twice, so it cannot be run.
 */
public final class GenerationExpression {
  private static final String BEFORE = " GENERATED ALWAYS AS (";

  private GenerationExpression() {}

  /**
   * The expression of a generated column.
   *
   * @param definition the result of SHOW CREATE TABLE
   * @throws OrderwireException {@code unreadable_table}
   */
  public static String of(String column, String definition) {
    int line = definition.indexOf("\n  " + Sql.quote(column) + " ");
    int start = line < 0 ? -1 : definition.indexOf(BEFORE, line);
    int end = start < 0 ? -1 : closing(definition, start + BEFORE.length());
    if (end < 0) {
      throw new OrderwireException(
          ErrorCode.UNREADABLE_TABLE,
          "SHOW CREATE TABLE has no readable expression for the generated column %s: %s. Make the column STORED."
              .formatted(column, definition));
    }
    return definition.substring(start + BEFORE.length(), end);
  }

  /**
   * The index of the parenthesis that closes the one opened just before {@code from}; -1 if there
   * is none.
   */
  private static int closing(String sql, int from) {
    int depth = 1;
    for (int i = from; i < sql.length(); i++) {
      switch (sql.charAt(i)) {
        case '(' -> depth++;
        case ')' -> {
          if (--depth == 0) {
            return i;
          }
        }
        case '\'', '"', '`' -> i = endOfQuoted(sql, i);
        default -> {}
      }
    }
    return -1;
  }

  /**
   * The index of the quote that ends the quoted text. A doubled quote ends one text and begins the
   * next, which gives the same result.
   */
  private static int endOfQuoted(String sql, int open) {
    char quote = sql.charAt(open);
    int i = open + 1;
    while (i < sql.length() && sql.charAt(i) != quote) {
      i += sql.charAt(i) == '\\' && quote != '`' ? 2 : 1;
    }
    return i;
  }
}
