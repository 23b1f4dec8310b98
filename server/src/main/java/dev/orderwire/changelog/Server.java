package dev.orderwire.changelog;

import dev.orderwire.change.OrderwireException;
import java.sql.Connection;
import java.sql.SQLException;

/**
 * What a MySQL says of itself.
 *
 * @param version such as {@code 8.0.15}
 * @param binlog whether it writes a binlog
 * @param trustsTriggers log_bin_trust_function_creators: whether users without SUPER may create
 *     triggers all the same
 */
record Server(
    String version,
    boolean binlog,
    boolean trustsTriggers,
    String binlogFormat,
    int flushAtCommit,
    boolean readOnly) {
  private static final int OLDEST = 8;

  static Server of(Connection connection) throws SQLException {
    return Query.list(
            connection,
            """
            SELECT VERSION() AS version, @@log_bin AS log_bin,
                   @@log_bin_trust_function_creators AS trusts, @@global.binlog_format AS binlog_format,
                   @@innodb_flush_log_at_trx_commit AS flush, @@global.read_only AS read_only\
            """,
            row ->
                new Server(
                    row.getString("version"),
                    row.getBoolean("log_bin"),
                    row.getBoolean("trusts"),
                    row.getString("binlog_format"),
                    row.getInt("flush"),
                    row.getBoolean("read_only")))
        .getFirst();
  }

  void requireSupported() {
    boolean mysql = !version.contains("MariaDB");
    if (!mysql || Integer.parseInt(version.split("\\.", 2)[0]) < OLDEST) {
      throw new OrderwireException(
          "unsupported_server",
          "Orderwire needs MySQL %d.0 or newer; found %s: use such a server."
              .formatted(OLDEST, version));
    }
  }

  void requireTriggersAllowed(boolean superUser, Problems problems) {
    if (binlog && !trustsTriggers && !superUser) {
      problems.add(
          "binlog_forbids_triggers",
          "this MySQL writes a binlog and lets only users with SUPER create triggers (log_bin_trust_function_creators = 0). Have an administrator run SET PERSIST log_bin_trust_function_creators = 1; (until the next restart only: SET GLOBAL), or run the output of `orderwire install --print` as one.");
    }
  }
}
