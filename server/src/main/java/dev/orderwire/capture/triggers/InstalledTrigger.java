package dev.orderwire.capture.triggers;

import dev.orderwire.capture.InstallSession;
import dev.orderwire.change.Op;
import dev.orderwire.mysql.Query;
import dev.orderwire.mysql.sql.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A trigger of Orderwire's in the database. MySQL shows it only to users with the TRIGGER privilege
 * on its table.
 *
 * @param created when it was created, to hundredths of a second; empty if MySQL does not know
 * @param sql the statement that created it
 * @param session the settings of the session that created it, which it runs with
 */
record InstalledTrigger(
    String name, String table, Op op, String created, String sql, String session) {
  private static final int NO_SUCH_TRIGGER = 1360;

  /** The id of its guard; null if it has none. */
  @Nullable String id() {
    TriggerGuard guard = TriggerGuard.in(sql);
    return guard == null ? null : guard.id();
  }

  /**
   * All triggers of this database, recognised by the beginning of their bodies, whatever their
   * names.
   */
  static List<InstalledTrigger> all(Connection connection) throws SQLException {
    return read(connection, "");
  }

  /** The triggers of one table; those of one operation in the order in which they run. */
  static List<InstalledTrigger> of(Connection connection, String table) throws SQLException {
    return read(connection, "AND event_object_table = ?", table);
  }

  private static List<InstalledTrigger> read(
      Connection connection, String condition, String... parameters) throws SQLException {
    List<Found> found =
        Query.list(
            connection,
            """
            SELECT trigger_name AS name, event_object_table AS table_name, event_manipulation AS op,
                   COALESCE(DATE_FORMAT(created, '%%Y-%%m-%%d %%H:%%i:%%s.%%f'), '') AS created
              FROM information_schema.triggers
             WHERE trigger_schema = DATABASE() AND action_statement LIKE '%s%%' %s
             ORDER BY event_object_table, event_manipulation, action_order\
            """
                .formatted(TriggerGuard.START.strip(), condition),
            row ->
                new Found(
                    row.getString("name"),
                    row.getString("table_name"),
                    Op.of(row.getString("op").toLowerCase(Locale.ROOT)),
                    row.getString("created")),
            parameters);
    List<InstalledTrigger> triggers = new ArrayList<>();
    for (Found trigger : found) {
      trigger.shown(connection).ifPresent(triggers::add);
    }
    return triggers;
  }

  private record Found(String name, String table, Op op, String created) {
    /**
     * Empty if the trigger is gone by now. The body in {@code information_schema} cannot be
     * compared, because its escapes are resolved.
     */
    Optional<InstalledTrigger> shown(Connection connection) throws SQLException {
      try {
        return Optional.of(show(connection));
      } catch (SQLException e) {
        if (e.getErrorCode() == NO_SUCH_TRIGGER) {
          return Optional.empty();
        }
        throw e;
      }
    }

    private InstalledTrigger show(Connection connection) throws SQLException {
      return Query.list(
              connection,
              "SHOW CREATE TRIGGER " + Sql.quote(name),
              row ->
                  new InstalledTrigger(
                      name,
                      table,
                      op,
                      created,
                      // A client on Windows may have sent the SQL.
                      row.getString("SQL Original Statement").replace("\r\n", "\n"),
                      row.getString("sql_mode")
                          + " "
                          + row.getString("character_set_client")
                          + " "
                          + row.getString("collation_connection")))
          .getFirst();
    }
  }

  /** Whether it does exactly this, under the settings of an {@link InstallSession}. */
  boolean does(Op wanted, String body) {
    return Trigger.definition(table, wanted, body).matcher(TriggerGuard.without(sql)).find()
        && session.equals(InstallSession.SETTINGS);
  }
}
