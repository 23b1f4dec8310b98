package dev.orderwire.capture.triggers;

import dev.orderwire.change.ErrorCode;
import dev.orderwire.change.OrderwireException;
import dev.orderwire.mysql.Problems;
import dev.orderwire.mysql.Query;
import dev.orderwire.mysql.UnknownTable;
import dev.orderwire.mysql.sql.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/** Finds out what triggers cannot capture of a table, and whose rights they run with. */
public final class TableChecks {
  private TableChecks() {}

  /**
   * Reports a table whose engine has no transactions.
   *
   * @throws OrderwireException {@code unknown_table}
   */
  public static void engine(Connection connection, String table, Problems problems)
      throws SQLException {
    List<String> found =
        Query.list(
            connection,
            """
            SELECT COALESCE(engine, '') AS engine FROM information_schema.tables
             WHERE table_schema = DATABASE() AND table_name = ?\
            """,
            row -> row.getString("engine"),
            table);
    if (found.isEmpty()) {
      // Dropped since the caller found it.
      throw UnknownTable.of(connection, table);
    }
    String engine = found.getFirst();
    if (!engine.equals("InnoDB")) {
      problems.add(
          ErrorCode.NO_TRANSACTIONS,
          "table %s uses the engine %s, and only InnoDB commits a change and its log row together: ALTER TABLE %s ENGINE = InnoDB."
              .formatted(table, engine, Sql.quote(table)));
    }
  }

  /** Foreign keys through which a change in a parent changes rows of the table. */
  public static List<Cascade> cascades(Connection connection, String table) throws SQLException {
    return Query.list(
        connection,
        """
        SELECT constraint_name AS name, referenced_table_name AS parent,
               update_rule AS on_update, delete_rule AS on_delete
          FROM information_schema.referential_constraints
         WHERE constraint_schema = DATABASE() AND table_name = ?
           AND (update_rule IN ('CASCADE', 'SET NULL') OR delete_rule IN ('CASCADE', 'SET NULL'))
         ORDER BY constraint_name\
        """,
        row ->
            new Cascade(
                table,
                row.getString("name"),
                row.getString("parent"),
                row.getString("on_delete"),
                row.getString("on_update")),
        table);
  }

  public static boolean isPartitioned(Connection connection, String table) throws SQLException {
    return !Query.list(
            connection,
            """
            SELECT 1 FROM information_schema.partitions
             WHERE table_schema = DATABASE() AND table_name = ? AND partition_name IS NOT NULL
             LIMIT 1\
            """,
            row -> true,
            table)
        .isEmpty();
  }

  /** The users with whose rights the triggers of the table run: {@code user@host}. */
  public static List<String> definers(Connection connection, String table) throws SQLException {
    return Query.list(
        connection,
        """
        SELECT DISTINCT definer AS definer FROM information_schema.triggers
         WHERE trigger_schema = DATABASE() AND event_object_table = ? AND action_statement LIKE ?\
        """,
        row -> row.getString("definer"),
        table,
        TriggerGuard.START.strip() + "%");
  }

  /** A foreign key that changes rows of a table without running its triggers. */
  public record Cascade(
      String table, String name, String parent, String onDelete, String onUpdate) {
    @Override
    public String toString() {
      return "rows of %s change through its foreign key %s (ON DELETE %s, ON UPDATE %s) when rows of %s change, and MySQL runs no trigger for that"
          .formatted(table, name, onDelete, onUpdate, parent);
    }
  }
}
