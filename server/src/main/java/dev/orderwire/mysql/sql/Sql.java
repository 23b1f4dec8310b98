package dev.orderwire.mysql.sql;

/** Quotes names and strings for SQL text. */
public final class Sql {
  private Sql() {}

  /** A name in backticks. */
  public static String quote(String name) {
    return '`' + name.replace("`", "``") + '`';
  }

  /** A string literal. One with backslashes is wrong in a session with NO_BACKSLASH_ESCAPES. */
  public static String literal(String text) {
    return '\'' + text.replace("\\", "\\\\").replace("'", "''") + '\'';
  }
}
