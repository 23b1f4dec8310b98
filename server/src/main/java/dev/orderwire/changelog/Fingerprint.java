package dev.orderwire.changelog;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Collections;
import java.util.List;

/**
 * All that upkeep looks at, in a form that is cheap to ask for and to compare: where two are equal,
 * nothing has been done to the tables' shapes, to their triggers, to the change log and to what the
 * servers keep of them.
 *
 * @param definitions a hash
 */
record Fingerprint(String definitions, Counts counts) {
  /**
   * How many statements there were of those that empty tables and show nowhere else: of TRUNCATE,
   * and of ALTER TABLE, which does so to partitions.
   */
  record Counts(String truncates, String alters) {
    static final Counts UNKNOWN = new Counts("", "");

    /** With very many connections MySQL has to add up a lot for this. */
    static Counts now(Connection connection) throws SQLException {
      List<String> counts =
          Query.list(
              connection,
              """
              SHOW GLOBAL STATUS
               WHERE Variable_name IN ('Com_alter_table', 'Com_truncate')\
              """,
              row -> row.getString(2));
      return new Counts(counts.getLast(), counts.getFirst());
    }
  }

  @SuppressWarnings("InlineFormatString") // Too long to stand in the method.
  private static final String DEFINITIONS =
      """
      SELECT COALESCE(MD5(GROUP_CONCAT(part ORDER BY part SEPARATOR '\\n')), '') FROM (
        SELECT CONCAT_WS('|', 'column', table_name, ordinal_position, column_name, column_type,
                         is_nullable, character_set_name, extra, generation_expression) AS part
          FROM information_schema.columns
         WHERE table_schema = DATABASE() AND table_name IN (%1$s)
        UNION ALL
        SELECT CONCAT_WS('|', 'key', table_name, index_name, seq_in_index, column_name, nullable)
          FROM information_schema.statistics
         WHERE table_schema = DATABASE() AND table_name IN (%1$s) AND non_unique = 0
        UNION ALL
        SELECT CONCAT_WS('|', 'trigger', trigger_name, event_object_table, action_order, created,
                         sql_mode, character_set_client, collation_connection,
                         MD5(action_statement))
          FROM information_schema.triggers
         WHERE trigger_schema = DATABASE()
        UNION ALL
        SELECT CONCAT_WS('|', 'table', table_name, engine, create_time)
          FROM information_schema.tables
         WHERE table_schema = DATABASE() AND table_name IN (%1$s)
      ) AS parts\
      """;

  private static final String STATE =
      "SELECT COALESCE(MD5(GROUP_CONCAT(name, '|', value ORDER BY name)), '') FROM "
          + StateTable.NAME
          + " WHERE name = '"
          + LogLife.STATE
          + "' OR name LIKE 'table:%'";

  static final int NO_SUCH_TABLE = 1146;

  /** Makes a session fit for {@link #of}. */
  static final String SESSION = "SET SESSION group_concat_max_len = 16777216";

  static Fingerprint of(Connection connection, List<String> tables, Counts counts)
      throws SQLException {
    String names = String.join(", ", Collections.nCopies(tables.size() + 2, "?"));
    String[] parameters = new String[3 * (tables.size() + 2)];
    for (int i = 0; i < parameters.length; i++) {
      int at = i % (tables.size() + 2);
      parameters[i] =
          at == 0 ? ChangeLogTable.NAME : at == 1 ? StateTable.NAME : tables.get(at - 2);
    }
    String definitions =
        Query.list(connection, DEFINITIONS.formatted(names), row -> row.getString(1), parameters)
            .getFirst();
    return new Fingerprint(definitions + state(connection), counts);
  }

  private static String state(Connection connection) throws SQLException {
    try {
      return Query.list(connection, STATE, row -> row.getString(1)).getFirst();
    } catch (SQLException e) {
      if (e.getErrorCode() == NO_SUCH_TABLE) {
        return "";
      }
      throw e;
    }
  }
}
