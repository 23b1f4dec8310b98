package dev.orderwire.changelog.replica;

import dev.orderwire.changelog.UnfitServerException;
import dev.orderwire.mysql.Query;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.regex.Pattern;

/**
 * The transactions of the source as a set of GTIDs. Whatever was visible on the source before it is
 * read is in it: MySQL shows the rows of a transaction a little before it counts it as executed,
 * and until then as owned.
 *
 * @see <a href="https://dev.mysql.com/doc/refman/8.0/en/replication-options-gtids.html">gtid_owned,
 *     gtid_executed</a>
 */
final class SourceTransactions {
  /** The sessions that own a GTID, as {@code uuid:7#31}. */
  private static final Pattern OWNERS = Pattern.compile("#\\d+");

  private SourceTransactions() {}

  /**
   * Reads the set.
   *
   * @throws UnfitServerException if the source has no GTIDs
   */
  static String read(Connection source) throws SQLException {
    requireGtids(source, "the source");
    // In this order: a transaction that is owned no longer is executed by now.
    String owned = variable(source, "gtid_owned");
    String executed = variable(source, "gtid_executed");
    return set(owned, executed);
  }

  static String set(String owned, String executed) {
    String more = OWNERS.matcher(owned).replaceAll("");
    return more.isEmpty() ? executed : executed.isEmpty() ? more : executed + "," + more;
  }

  /** Without GTIDs, every set would be empty, and every replica would have it. */
  static void requireGtids(Connection session, String server) throws SQLException {
    String mode = variable(session, "gtid_mode");
    if (!mode.equals("ON")) {
      throw new UnfitServerException(
          "gtid_mode is %s on %s: set it to ON on the source and on all replicas"
              .formatted(mode, server));
    }
  }

  private static String variable(Connection session, String name) throws SQLException {
    return Query.list(session, "SELECT @@GLOBAL." + name, row -> row.getString(1)).getFirst();
  }
}
