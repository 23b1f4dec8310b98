package dev.orderwire.mysql;

import static java.util.stream.Collectors.joining;

import dev.orderwire.mysql.sql.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The privileges of a connection's user and of its active roles, out of SHOW GRANTS. */
public final class Privileges {
  private static final String NAME = "(\\*|`(?:[^`]|``)*`)";
  private static final Pattern LINE =
      Pattern.compile(
          "(GRANT|REVOKE) (.+?) ON (?:TABLE )?" + NAME + "\\." + NAME + " (?:TO|FROM) .*");

  /** A privilege on some columns only, such as {@code SELECT (`a`, `b`)}, which does not count. */
  private static final Pattern ON_COLUMNS =
      Pattern.compile("[A-Z ]+\\((?:[^`)]|`(?:[^`]|``)*`)*\\)");

  /** Access denied, to a database, a table or a server-wide statement. */
  private static final Set<Integer> HIDDEN = Set.of(1044, 1142, 1227);

  private final List<Line> lines;

  private Privileges(List<Line> lines) {
    this.lines = lines;
  }

  public static Privileges of(Connection connection) throws SQLException {
    return parse(Query.list(connection, "SHOW GRANTS", row -> row.getString(1)));
  }

  /**
   * The privileges that the user's triggers run with: its own and those of its default roles. Other
   * roles that a session activates (by {@code activate_all_roles_on_login}, {@code mandatory_roles}
   * or SET ROLE) do not count, as tried on 8.0.15 and 9.7.4.
   */
  public static Privileges ofTriggers(Connection connection) throws SQLException {
    String active = activeRoles(connection);
    Query.execute(connection, "SET ROLE DEFAULT");
    try {
      return of(connection);
    } finally {
      Query.execute(connection, "SET ROLE " + active);
      // On 8.0.15, SET ROLE takes the privileges on the database from the session until the next
      // USE.
      Query.execute(connection, "USE " + Sql.quote(connection.getCatalog()));
    }
  }

  /** The roles that the session has activated, as a list for SET ROLE; {@code NONE} for none. */
  public static String activeRoles(Connection connection) throws SQLException {
    return Query.list(connection, "SELECT CURRENT_ROLE()", row -> row.getString(1)).getFirst();
  }

  /**
   * The privileges that the triggers of another account run with.
   *
   * @return empty if this user may not see them
   * @throws SQLException with ER_NONEXISTING_GRANT (1141) if there is no such account
   */
  public static Optional<Privileges> ofTriggers(Connection connection, Account account)
      throws SQLException {
    try {
      List<String> roles =
          Query.list(
              connection,
              "SELECT default_role_user AS user, default_role_host AS host"
                  + " FROM mysql.default_roles WHERE user = ? AND host = ?",
              row -> Account.name(row.getString("user"), row.getString("host")),
              account.user(),
              account.host());
      String using = roles.isEmpty() ? "" : " USING " + String.join(", ", roles);
      return Optional.of(
          parse(
              Query.list(
                  connection,
                  "SHOW GRANTS FOR " + account.name() + using,
                  row -> row.getString(1))));
    } catch (SQLException e) {
      if (HIDDEN.contains(e.getErrorCode())) {
        return Optional.empty();
      }
      throw e;
    }
  }

  static Privileges parse(List<String> grants) {
    List<Line> lines = new ArrayList<>();
    for (String text : grants) {
      Matcher matcher = LINE.matcher(text);
      if (matcher.matches()) {
        String privileges = ON_COLUMNS.matcher(matcher.group(2)).replaceAll("");
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

  /** Equal privileges are equal texts. */
  @Override
  public String toString() {
    return lines.toString();
  }

  /** The privileges out of a list that the user lacks on a table, in the same spelling. */
  public String missing(String needed, String database, String table) {
    return Stream.of(needed.split(", "))
        .filter(privilege -> !onTable(privilege, database, table))
        .collect(joining(", "));
  }

  /** Whether the user has the privilege on all databases. */
  public boolean everywhere(String privilege) {
    return lines.stream().anyMatch(line -> line.granted && line.global() && line.names(privilege));
  }

  /** Whether the user has the privilege on the table. */
  public boolean onTable(String privilege, String database, String table) {
    // A partial revoke excludes a database from global grants, and from nothing else.
    boolean revoked =
        lines.stream()
            .anyMatch(
                line -> !line.granted && line.names(privilege) && line.covers(database, table));
    return lines.stream()
        .filter(line -> line.granted && line.names(privilege))
        .anyMatch(line -> line.global() ? !revoked : line.covers(database, table));
  }

  /**
   * One line of SHOW GRANTS.
   *
   * @param database {@code *} or a quoted LIKE pattern; for a grant on one table a quoted name
   * @param table {@code *} or a quoted name
   */
  private record Line(boolean granted, Set<String> privileges, String database, String table) {
    boolean global() {
      return database.equals("*");
    }

    boolean names(String privilege) {
      return privileges.contains(privilege) || privileges.contains("ALL PRIVILEGES");
    }

    boolean covers(String databaseName, String tableName) {
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

    /** The regular expression for a LIKE pattern, by which MySQL grants databases. */
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
