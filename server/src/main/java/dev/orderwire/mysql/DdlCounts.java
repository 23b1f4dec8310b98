package dev.orderwire.mysql;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;

/**
 * How many statements that change tables the server has run, of all users and on all databases.
 * Every user may ask. MySQL counts a statement when it begins, before it waits for the table.
 *
 * @param alters ALTER TABLE statements. After IMPORT TABLESPACE, this is all that MySQL shows
 * @param indexes CREATE INDEX and DROP INDEX statements
 * @param truncates TRUNCATE TABLE statements
 */
public record DdlCounts(long alters, long indexes, long truncates) {
  public static DdlCounts read(Connection connection) throws SQLException {
    Map<String, Long> counts = new HashMap<>();
    Query.list(
        connection,
        """
        SHOW GLOBAL STATUS WHERE Variable_name IN
          ('Com_alter_table', 'Com_create_index', 'Com_drop_index', 'Com_truncate')\
        """,
        row -> counts.put(row.getString(1), row.getLong(2)));
    return new DdlCounts(
        counts.getOrDefault("Com_alter_table", 0L),
        counts.getOrDefault("Com_create_index", 0L) + counts.getOrDefault("Com_drop_index", 0L),
        counts.getOrDefault("Com_truncate", 0L));
  }

  /** How many statements have altered tables since. */
  public long alteredSince(DdlCounts before) {
    return alters - before.alters + indexes - before.indexes;
  }
}
