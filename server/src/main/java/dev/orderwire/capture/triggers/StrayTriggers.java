package dev.orderwire.capture.triggers;

import dev.orderwire.mysql.NonBlockingDdl;
import dev.orderwire.mysql.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Triggers that write in the name of a watched table and stand on another one: it was renamed, as
 * tools for online schema changes do it, and a new table has its name. What happens to the old
 * table from then on is no change of the watched one.
 */
final class StrayTriggers {
  private static final Pattern NAMED = Pattern.compile("VALUES\n\\(('(?:[^']|'')*'), ");

  private StrayTriggers() {}

  /**
   * Drops them.
   *
   * @param watched the watched tables that are there
   */
  static void drop(Connection connection, NonBlockingDdl ddl, Set<String> watched)
      throws SQLException {
    for (InstalledTrigger trigger : InstalledTrigger.all(connection)) {
      if (!watched.contains(trigger.table()) && writesFor(trigger, watched)) {
        ddl.run(Trigger.dropSql(trigger.name()));
      }
    }
  }

  private static boolean writesFor(InstalledTrigger trigger, Set<String> watched) {
    Matcher named = NAMED.matcher(trigger.sql());
    return named.find() && watched.stream().map(Sql::literal).anyMatch(named.group(1)::equals);
  }
}
