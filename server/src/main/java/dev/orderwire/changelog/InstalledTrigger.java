package dev.orderwire.changelog;

import dev.orderwire.change.Op;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A trigger of ours as it stands in the database. MySQL shows it to those alone who have the
 * TRIGGER privilege on its table.
 *
 * @param sql the statement that made it
 * @param session the settings of the session that made it, which it runs with
 */
record InstalledTrigger(String name, String table, Op op, String sql, String session) {
  /** All of this database, whatever they are named: what their bodies begin with tells them. */
  static List<InstalledTrigger> all(Connection connection) throws SQLException {
    return read(connection, "");
  }

  /** Those of one table. */
  static List<InstalledTrigger> of(Connection connection, String table) throws SQLException {
    return read(connection, "AND event_object_table = ?", table);
  }

  private static List<InstalledTrigger> read(
      Connection connection, String condition, String... parameters) throws SQLException {
    List<Found> found =
        Query.list(
            connection,
            """
            SELECT trigger_name AS name, event_object_table AS table_name, event_manipulation AS op
              FROM information_schema.triggers
             WHERE trigger_schema = DATABASE() AND action_statement LIKE '%s%%' %s
             ORDER BY event_object_table, event_manipulation\
            """
                .formatted(TriggerBody.START.strip(), condition),
            row ->
                new Found(
                    row.getString("name"),
                    row.getString("table_name"),
                    Op.of(row.getString("op").toLowerCase(Locale.ROOT))),
            parameters);
    List<InstalledTrigger> triggers = new ArrayList<>();
    for (Found trigger : found) {
      triggers.add(trigger.shown(connection));
    }
    return triggers;
  }

  private record Found(String name, String table, Op op) {
    /** The body in {@code information_schema} has its escapes resolved, and cannot be compared. */
    InstalledTrigger shown(Connection connection) throws SQLException {
      return Query.list(
              connection,
              "SHOW CREATE TRIGGER " + Sql.quote(name),
              row ->
                  new InstalledTrigger(
                      name,
                      table,
                      op,
                      // Where the SQL went through a client of Windows.
                      row.getString("SQL Original Statement").replace("\r\n", "\n"),
                      row.getString("sql_mode")
                          + " "
                          + row.getString("character_set_client")
                          + " "
                          + row.getString("collation_connection")))
          .getFirst();
    }
  }

  /** Whether it does exactly what {@code wanted} would do. Its name may be another. */
  boolean does(Trigger wanted) {
    return table.equals(wanted.table())
        && sql.endsWith(wanted.definition())
        && session.equals(InstallSession.SETTINGS);
  }
}
