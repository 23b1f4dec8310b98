package dev.orderwire.changelog;

import dev.orderwire.change.ErrorCode;
import dev.orderwire.change.OrderwireException;
import dev.orderwire.mysql.OwnTable;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/**
 * The change log as a table of MySQL: its name and its shape.
 *
 * <p>A row whose {@code row_after} (of an insert or an update) or {@code row_before} (of a delete)
 * is NULL is a <b>marker</b>: the change happened, and its trigger could not write down the row. A
 * marker whose {@code row_key} is NULL too could not even say which row it was.
 *
 * <p>A row with {@code row_after}, and without {@code row_key}, is a <b>reset row</b>: the table is
 * to be read anew from here on, and {@code row_after} is its {@link ShapeJson}.
 */
public final class ChangeLogTable {
  public static final String NAME = "orderwire_change_log";

  /** How many characters of an actor are kept. */
  public static final int ACTOR_LENGTH = 255;

  private static final OwnTable TABLE =
      new OwnTable(
          NAME,
          List.of(
              "id bigint unsigned",
              "at timestamp(6)",
              "table_name varchar(64)",
              "op enum('insert','update','delete')",
              "row_key json",
              "row_before json",
              "row_after json",
              "actor varchar(" + ACTOR_LENGTH + ")"),
          ErrorCode.FOREIGN_CHANGE_LOG);

  private ChangeLogTable() {}

  /** Whether a row is a marker, as a condition. */
  public static final String IS_MARKER =
      "((op <> 'delete' AND row_after IS NULL) OR (op = 'delete' AND row_before IS NULL)"
          + " OR (op = 'update' AND row_before IS NULL AND row_key IS NOT NULL))";

  /**
   * The epoch of this database's change log.
   *
   * @throws OrderwireException {@code no_change_log}; {@code foreign_change_log} where a table of
   *     that name is not ours; {@code no_epoch} where it was replaced, and nobody has taken note
   *     yet
   */
  public static String epoch(Connection connection) throws SQLException {
    if (!isThere(connection) || !StateTable.isThere(connection)) {
      throw new OrderwireException(
          ErrorCode.NO_CHANGE_LOG,
          "this database has no tables %s and %s that this user can see: run `orderwire install`."
              .formatted(NAME, StateTable.NAME));
    }
    return LogLife.now(connection)
        .orElseThrow(LogLife::without)
        .epoch(connection)
        .orElseThrow(LogLife::without);
  }

  /** Whether there is a change log; refuses a table that is not ours. */
  public static boolean isThere(Connection connection) throws SQLException {
    return TABLE.isThere(connection);
  }

  /** The statement that creates it. It leaves a change log that is there already as it is. */
  public static String createSql() {
    return """
    CREATE TABLE IF NOT EXISTS %s (
      id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
      at TIMESTAMP(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
      table_name VARCHAR(64) NOT NULL,
      op ENUM('insert','update','delete') NOT NULL,
      row_key JSON,
      row_before JSON,
      row_after JSON,
      actor VARCHAR(%d) NOT NULL
    ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin
      COMMENT='Orderwire change log'\
    """
        .formatted(NAME, ACTOR_LENGTH);
  }

  public static String dropSql() {
    return "DROP TABLE IF EXISTS " + NAME;
  }
}
