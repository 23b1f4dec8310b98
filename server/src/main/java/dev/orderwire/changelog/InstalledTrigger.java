package dev.orderwire.changelog;

import dev.orderwire.change.Op;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Locale;

/**
 * A trigger of ours as it stands in the database. MySQL shows it to those alone who have the
 * TRIGGER privilege on its table.
 *
 * @param session the settings of the session that created it, which it runs with
 */
record InstalledTrigger(String name, String table, Op op, String body, String session) {
  /** All of this database, whatever they are named: what their bodies begin with tells them. */
  static List<InstalledTrigger> all(Connection connection) throws SQLException {
    return Query.list(
        connection,
        """
        SELECT trigger_name AS name, event_object_table AS table_name, event_manipulation AS op,
               action_statement AS body,
               CONCAT_WS(' ', action_timing, sql_mode, character_set_client, collation_connection)
                 AS session
          FROM information_schema.triggers
         WHERE trigger_schema = DATABASE() AND action_statement LIKE ?
         ORDER BY event_object_table, event_manipulation\
        """,
        row ->
            new InstalledTrigger(
                row.getString("name"),
                row.getString("table_name"),
                Op.of(row.getString("op").toLowerCase(Locale.ROOT)),
                // Where the SQL went through a client of Windows.
                row.getString("body").replace("\r\n", "\n"),
                row.getString("session")),
        TriggerBody.START.strip() + "%");
  }

  /** Whether it does exactly what {@code wanted} would do. Its name may be another. */
  boolean does(Trigger wanted) {
    return table.equals(wanted.table())
        && op == wanted.op()
        && body.equals(wanted.body())
        && session.equals("AFTER " + InstallSession.SETTINGS);
  }
}
