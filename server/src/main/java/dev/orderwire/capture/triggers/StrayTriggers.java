package dev.orderwire.capture.triggers;

import dev.orderwire.mysql.NonBlockingDdl;
import dev.orderwire.mysql.sql.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Triggers that log changes under the name of a watched table but belong to another table. They
 * remain when a tool for online schema changes renames the watched table and gives its name to a
 * new one. From then on, changes of the old table are not changes of the watched one.
 */
final class StrayTriggers {
  private static final Pattern NAMED = Pattern.compile("VALUES\n\\(('(?:[^']|'')*'), ");

  private StrayTriggers() {}

  /**
   * Drops the stray triggers.
   *
   * @param watched the watched tables that exist
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
