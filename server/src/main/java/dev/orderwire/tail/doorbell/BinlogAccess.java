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

/** Whether a user may follow the binlog of its MySQL, and whether that tells of its database. */
public sealed interface BinlogAccess {
  /** It may, and this is the binlog's end just now. */
  record Granted(String file, long position) implements BinlogAccess {}

  /**
   * It cannot.
   *
   * @param cause what is in the way
   * @param advice the statement that would clear it; empty where none would
   */
  record Denied(String cause, String advice) implements BinlogAccess {}

  /** The first is for following the binlog, the second for asking where it ends. */
  List<String> PRIVILEGES = List.of("REPLICATION SLAVE", "REPLICATION CLIENT");

  int SYNTAX_ERROR = 1064;

  static BinlogAccess of(Connection connection) throws SQLException {
    if (!ServerInfo.of(connection).binlog()) {
      return new Denied("this MySQL writes no binlog (log_bin = OFF)", "");
    }
    Account account = Account.of(connection);
    Privileges privileges = Privileges.of(connection);
    List<String> missing =
        PRIVILEGES.stream().filter(privilege -> !privileges.everywhere(privilege)).toList();
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
      if (e.getErrorCode() != SYNTAX_ERROR) {
        throw e;
      }
      // Before MySQL 8.2 it was called so, and since 8.4 it is no longer.
      return status(connection, "SHOW MASTER STATUS", database);
    }
  }

  private static BinlogAccess status(Connection connection, String statement, String database)
      throws SQLException {
    return Query.list(
            connection,
            statement,
            row ->
                leavesOut(database, row.getString(3), row.getString(4))
                    ? new Denied(
                        "the binlog of this MySQL leaves out the database %s (binlog_do_db, binlog_ignore_db)"
                            .formatted(database),
                        "")
                    : new Granted(row.getString(1), row.getLong(2)))
        .stream()
        .findFirst()
        .orElseGet(() -> new Denied("this MySQL says nothing of its binlog", ""));
  }

  private static boolean leavesOut(String database, String only, String never) {
    return (!only.isEmpty() && names(only).noneMatch(database::equals))
        || names(never).anyMatch(database::equals);
  }

  private static Stream<String> names(String list) {
    return Arrays.stream(list.split(",", -1));
  }
}
