package dev.orderwire.mysql;

import java.sql.Connection;
import java.sql.SQLException;

/**
 * Who a connection is to MySQL, and where.
 *
 * @param user as MySQL knows the account, which need not be the name one logged in with
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

  /** The statement that gives this account rights on a table of the database. */
  public String grant(String privileges, String table) {
    return grantOn(privileges, Sql.quote(database) + "." + Sql.quote(table));
  }

  /** The statement that gives this account rights on the whole database. */
  public String grant(String privileges) {
    return grantOn(privileges, Sql.quote(database) + ".*");
  }

  /** The statement that gives this account rights on any object. */
  public String grantOn(String privileges, String object) {
    return "GRANT %s ON %s TO %s@%s"
        .formatted(privileges, object, Sql.literal(user), Sql.literal(host));
  }
}
