package dev.orderwire.tail.doorbell;

import dev.orderwire.mysql.Account;
import dev.orderwire.mysql.Privileges;
import dev.orderwire.mysql.Query;
import dev.orderwire.mysql.ServerInfo;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/** Whether a user may follow the binlog of its MySQL, and whether that contains its database. */
public sealed interface BinlogAccess {
  /** The user may follow the binlog, which now ends here. */
  record Granted(String file, long position) implements BinlogAccess {}

  /**
   * The binlog cannot be used.
   *
   * @param cause the reason
   * @param advice the statement that would remove it; empty if none would
   */
  record Denied(String cause, String advice) implements BinlogAccess {}

  /** Checks a connection's user and database. */
  static BinlogAccess of(Connection connection) throws SQLException {
    if (!ServerInfo.of(connection).binlog()) {
      return new Denied("this MySQL writes no binlog (log_bin = OFF)", "");
    }
    Account account = Account.of(connection);
    Privileges privileges = Privileges.of(connection);
    // The first to follow the binlog, the second to ask for its end.
    List<String> missing =
        Stream.of("REPLICATION SLAVE", "REPLICATION CLIENT")
            .filter(privilege -> !privileges.everywhere(privilege))
            .toList();
    if (!missing.isEmpty()) {
      String names = String.join(", ", missing);
      return new Denied(
          "%s@%s lacks the privilege %s".formatted(account.user(), account.host(), names),
          account.grantOn(names, "*.*") + ";");
    }
    return end(connection, account.database());
  }

  private static BinlogAccess end(Connection connection, String database) throws SQLException {
    try {
      return status(connection, "SHOW BINARY LOG STATUS", database);
    } catch (SQLException e) {
      int syntaxError = 1064;
      if (e.getErrorCode() != syntaxError) {
        throw e;
      }
      // Its name before MySQL 8.2; 8.4 does not know it.
      return status(connection, "SHOW MASTER STATUS", database);
    }
  }

  private static BinlogAccess status(Connection connection, String statement, String database)
      throws SQLException {
    return Query.list(
            connection,
            statement,
            row ->
                excludes(database, row.getString(3), row.getString(4))
                    ? new Denied(
                        "the binlog of this MySQL excludes the database %s (binlog_do_db, binlog_ignore_db)"
                            .formatted(database),
                        "")
                    : new Granted(row.getString(1), row.getLong(2)))
        .stream()
        .findFirst()
        .orElseGet(() -> new Denied("this MySQL does not report the end of its binlog", ""));
  }

  private static boolean excludes(String database, String only, String never) {
    return (!only.isEmpty() && names(only).noneMatch(database::equals))
        || names(never).anyMatch(database::equals);
  }

  private static Stream<String> names(String list) {
    return Arrays.stream(list.split(",", -1));
  }
}
