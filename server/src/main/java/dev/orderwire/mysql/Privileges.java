package dev.orderwire.mysql;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What the user of a connection may do, its active roles included, as SHOW GRANTS tells it. */
public final class Privileges {
  private static final String NAME = "(\\*|`(?:[^`]|``)*`)";
  private static final Pattern LINE =
      Pattern.compile(
          "(GRANT|REVOKE) (.+?) ON (?:TABLE )?" + NAME + "\\." + NAME + " (?:TO|FROM) .*");

  /** A privilege on some columns alone, such as {@code SELECT (`a`, `b`)}: not enough for us. */
  private static final Pattern OF_COLUMNS =
      Pattern.compile("[A-Z ]+\\((?:[^`)]|`(?:[^`]|``)*`)*\\)");

  private final List<Line> lines;

  private Privileges(List<Line> lines) {
    this.lines = lines;
  }

  public static Privileges of(Connection connection) throws SQLException {
    return parse(Query.list(connection, "SHOW GRANTS", row -> row.getString(1)));
  }

  static Privileges parse(List<String> grants) {
    List<Line> lines = new ArrayList<>();
    for (String text : grants) {
      Matcher matcher = LINE.matcher(text);
      if (matcher.matches()) {
        String privileges = OF_COLUMNS.matcher(matcher.group(2)).replaceAll("");
        lines.add(
            new Line(
                matcher.group(1).equals("GRANT"),
                Set.of(privileges.split(" *, *")),
                matcher.group(3),
                matcher.group(4)));
      }
    }
    return new Privileges(lines);
  }

  /** Whether the privilege is held on that table. */
  public boolean onTable(String privilege, String database, String table) {
    return held(privilege, database, table);
  }

  /** Whether the privilege is held on the whole database. */
  boolean onDatabase(String privilege, String database) {
    return held(privilege, database, null);
  }

  /** Whether the privilege is held on everything. */
  public boolean everywhere(String privilege) {
    return lines.stream().anyMatch(line -> line.granted && line.global() && line.names(privilege));
  }

  private boolean held(String privilege, String database, @Nullable String table) {
    // A partial revoke takes a database out of what is granted everywhere, and out of that alone.
    boolean revoked =
        lines.stream()
            .anyMatch(
                line -> !line.granted && line.names(privilege) && line.covers(database, null));
    return lines.stream()
        .filter(line -> line.granted && line.names(privilege))
        .anyMatch(line -> line.global() ? !revoked : line.covers(database, table));
  }

  /**
   * One line of SHOW GRANTS.
   *
   * @param database {@code *} or a quoted pattern; for a grant on one table a quoted name
   * @param table {@code *} or a quoted name
   */
  private record Line(boolean granted, Set<String> privileges, String database, String table) {
    boolean global() {
      return database.equals("*");
    }

    boolean names(String privilege) {
      return privileges.contains(privilege) || privileges.contains("ALL PRIVILEGES");
    }

    boolean covers(String databaseName, @Nullable String tableName) {
      if (global()) {
        return false;
      }
      return table.equals("*")
          ? like(unquoted(database)).matcher(databaseName).matches()
          : unquoted(database).equals(databaseName) && unquoted(table).equals(tableName);
    }

    private static String unquoted(String name) {
      return name.substring(1, name.length() - 1).replace("``", "`");
    }

    /** A LIKE's pattern, as databases are granted by one, as a regular expression. */
    private static Pattern like(String pattern) {
      StringBuilder regex = new StringBuilder();
      for (int i = 0; i < pattern.length(); i++) {
        char c = pattern.charAt(i);
        if (c == '\\' && i + 1 < pattern.length()) {
          regex.append(Pattern.quote(String.valueOf(pattern.charAt(++i))));
        } else {
          regex.append(
              switch (c) {
                case '%' -> ".*";
                case '_' -> ".";
                default -> Pattern.quote(String.valueOf(c));
              });
        }
      }
      return Pattern.compile(regex.toString(), Pattern.DOTALL);
    }
  }
}
