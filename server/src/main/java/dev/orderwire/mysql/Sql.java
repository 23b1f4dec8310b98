package dev.orderwire.mysql;

/** Names and strings as MySQL wants them in SQL text. */
public final class Sql {
  private Sql() {}

  /** A name in backticks, whatever characters it has. */
  public static String quote(String name) {
    return '`' + name.replace("`", "``") + '`';
  }

  /**
   * A string literal; right whether or not NO_BACKSLASH_ESCAPES is set only without backslashes.
   */
  public static String literal(String text) {
    return '\'' + text.replace("\\", "\\\\").replace("'", "''") + '\'';
  }
}
