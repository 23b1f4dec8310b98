package dev.orderwire.capture.triggers;

import dev.orderwire.change.Op;
import dev.orderwire.mysql.Query;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/**
 * Finds names for the triggers of one table that no other trigger of the database has or will have.
 * To MySQL, trigger names that differ only in case or accents are equal, but table names are not;
 * and a trigger keeps its name when its table is renamed.
 */
final class TriggerNames {
  private static final String TEMPORARY = "orderwire_passing_";

  private final Connection connection;
  private final String table;
  private final List<String> freed;
  private final boolean unique;

  private TriggerNames(Connection connection, String table, List<String> freed, boolean unique) {
    this.connection = connection;
    this.table = table;
    this.freed = freed;
    this.unique = unique;
  }

  /**
   * @param stale triggers whose names will become free
   */
  static TriggerNames of(Connection connection, String table, List<InstalledTrigger> stale)
      throws SQLException {
    List<String> alike =
        Query.list(
            connection,
            """
            SELECT table_name AS name FROM information_schema.tables
             WHERE table_schema = DATABASE()
               AND CONVERT(table_name USING utf8mb4) COLLATE utf8mb4_general_ci = ?\
            """,
            row -> row.getString("name"),
            table);
    List<String> freed = stale.stream().map(InstalledTrigger::name).toList();
    return new TriggerNames(connection, table, freed, alike.size() < 2);
  }

  /**
   * The name of a trigger that exists only until another one has the replaced one's name. It is the
   * same for all servers that replace this trigger.
   */
  static String temporary(InstalledTrigger replaced) {
    return TEMPORARY + (replaced.id() == null ? "" : replaced.id() + "_") + replaced.op().text();
  }

  static boolean isTemporary(String name) {
    return name.startsWith(TEMPORARY);
  }

  /** A name that is free, or becomes free with the stale triggers. */
  String free(Op op) throws SQLException {
    String name = unique ? Trigger.plainName(table, op) : Trigger.hashedName(table, op, 0);
    for (int attempt = 0; isTaken(name); attempt++) {
      name = Trigger.hashedName(table, op, attempt);
    }
    return name;
  }

  private boolean isTaken(String name) throws SQLException {
    List<String> holders =
        Query.list(
            connection,
            """
            SELECT trigger_name AS name FROM information_schema.triggers
             WHERE trigger_schema = DATABASE() AND trigger_name = ?\
            """,
            row -> row.getString("name"),
            name);
    return !freed.containsAll(holders);
  }
}
