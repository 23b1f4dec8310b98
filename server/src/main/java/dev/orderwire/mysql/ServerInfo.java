package dev.orderwire.mysql;

import dev.orderwire.change.ErrorCode;
import dev.orderwire.change.OrderwireException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;

/**
 * The version and the settings of a MySQL server.
 *
 * @param version such as {@code 8.0.15}
 * @param binlog whether the server writes a binlog
 * @param trustsTriggers log_bin_trust_function_creators: whether users without SUPER may create
 *     triggers on a server with a binlog
 */
public record ServerInfo(
    String version,
    boolean binlog,
    boolean trustsTriggers,
    String binlogFormat,
    int flushAtCommit,
    boolean readOnly) {
  private static final int OLDEST_MAJOR = 8;

  /** Reads the variables by name, so that one that a newer MySQL lacks is not an error. */
  public static ServerInfo of(Connection connection) throws SQLException {
    Map<String, String> variables = new HashMap<>();
    Query.list(
        connection,
        """
        SHOW GLOBAL VARIABLES WHERE Variable_name IN ('version', 'log_bin', 'binlog_format',
          'log_bin_trust_function_creators', 'innodb_flush_log_at_trx_commit', 'read_only')\
        """,
        row -> variables.put(row.getString(1), row.getString(2)));
    return new ServerInfo(
        variables.getOrDefault("version", ""),
        variables.getOrDefault("log_bin", "OFF").equals("ON"),
        variables.getOrDefault("log_bin_trust_function_creators", "ON").equals("ON"),
        variables.getOrDefault("binlog_format", "ROW"),
        Integer.parseInt(variables.getOrDefault("innodb_flush_log_at_trx_commit", "1")),
        variables.getOrDefault("read_only", "OFF").equals("ON"));
  }

  /** The UUID of the server, which no other server has; empty if it has none. */
  public static String uuid(Connection connection) throws SQLException {
    return Query.list(
            connection,
            "SHOW GLOBAL VARIABLES WHERE Variable_name = 'server_uuid'",
            row -> row.getString(2))
        .stream()
        .findFirst()
        .orElse("");
  }

  /**
   * Requires MySQL 8.0 or newer.
   *
   * @throws OrderwireException {@code unsupported_server}
   */
  public void requireSupported() {
    boolean mysql = !version.contains("MariaDB");
    if (!mysql || Integer.parseInt(version.split("\\.", 2)[0]) < OLDEST_MAJOR) {
      throw new OrderwireException(
          ErrorCode.UNSUPPORTED_SERVER,
          "Orderwire needs MySQL %d.0 or newer; found %s. Upgrade it, or connect to another server."
              .formatted(OLDEST_MAJOR, version));
    }
  }

  /**
   * Adds a problem if MySQL refuses what the server's sessions write: in READ COMMITTED it writes
   * no statements into the binlog (error 1665). It also lets replicas run the triggers anew, with
   * other ids. With MIXED, MySQL writes rows in both cases.
   */
  public void requireRowsInBinlog(Problems problems) {
    if (binlog && binlogFormat.equals("STATEMENT")) {
      problems.add(
          ErrorCode.BINLOG_FORMAT,
          "binlog_format = STATEMENT, and MySQL then refuses every write of a session in READ COMMITTED, such as the server's. Expected ROW, MySQL's default: SET PERSIST binlog_format = ROW; it holds for sessions that begin later.");
    }
  }

  /** Adds a problem if this user may not create triggers on this server. */
  public void requireTriggersAllowed(boolean superUser, Problems problems) {
    if (binlog && !trustsTriggers && !superUser) {
      problems.add(
          ErrorCode.BINLOG_FORBIDS_TRIGGERS,
          "this MySQL writes a binlog and lets only users with SUPER create triggers (log_bin_trust_function_creators = 0). Ask an administrator to run SET PERSIST log_bin_trust_function_creators = 1; (SET GLOBAL lasts only until the next restart), or to run the output of `orderwire install --print`.");
    }
  }
}
