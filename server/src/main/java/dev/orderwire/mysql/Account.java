package dev.orderwire.mysql;

import dev.orderwire.mysql.sql.Sql;
import java.sql.Connection;
import java.sql.SQLException;

/**
 * The account of a connection, and its database.
 *
 * @param user the user of the account that MySQL authenticated, which can differ from the login
 *     name
 */
public record Account(String user, String host, String database) {
  public static Account of(Connection connection) throws SQLException {
    return Query.list(
            connection,
            """
            SELECT SUBSTRING_INDEX(CURRENT_USER(), '@', -1) AS host,
                   LEFT(CURRENT_USER(), CHAR_LENGTH(CURRENT_USER())
                     - CHAR_LENGTH(SUBSTRING_INDEX(CURRENT_USER(), '@', -1)) - 1) AS user,
                   DATABASE() AS `database`\
            """,
            row ->
                new Account(
                    row.getString("user"), row.getString("host"), row.getString("database")))
        .getFirst();
  }

  /** The statement that grants this account privileges on a table of the database. */
  public String grant(String privileges, String table) {
    return grantOn(privileges, Sql.quote(database) + "." + Sql.quote(table));
  }

  /** The statement that grants this account privileges on any object, such as {@code *.*}. */
  public String grantOn(String privileges, String object) {
    return "GRANT %s ON %s TO %s".formatted(privileges, object, name());
  }

  /** The account's name in SQL. */
  public String name() {
    return name(user, host);
  }

  static String name(String user, String host) {
    return Sql.literal(user) + "@" + Sql.literal(host);
  }
}
