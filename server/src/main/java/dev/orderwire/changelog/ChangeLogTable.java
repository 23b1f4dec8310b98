package dev.orderwire.changelog;

import dev.orderwire.change.ErrorCode;
import dev.orderwire.change.OrderwireException;
import dev.orderwire.changelog.row.ShapeJson;
import dev.orderwire.mysql.OwnTable;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/**
 * The change log's table in MySQL.
 *
 * <p>A row that lacks {@code row_after} (of an insert or an update) or {@code row_before} (of an
 * update or a delete) is a <b>marker</b>: the change happened, but its trigger could not log the
 * row. A marker without {@code row_key} does not know the key either, and has no {@code row_after}.
 *
 * <p>A row with {@code row_after} and without {@code row_key} is a <b>reset row</b>: clients must
 * read the table again from here on. Its {@code row_after} is the table's {@link ShapeJson}.
 */
public final class ChangeLogTable {
  public static final String NAME = "orderwire_change_log";

  /** The most characters of an actor. */
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

  /** The SQL condition that a row is a marker. */
  public static final String IS_MARKER =
      "((op <> 'delete' AND row_after IS NULL) OR (op = 'delete' AND row_before IS NULL)"
          + " OR (op = 'update' AND row_before IS NULL AND row_key IS NOT NULL))";

  private ChangeLogTable() {}

  /**
   * The epoch of this database's change log.
   *
   * @throws OrderwireException {@code no_change_log}; {@code foreign_change_log}; {@code no_epoch}
   *     if the change log was replaced and no server has given it an epoch yet
   */
  public static String epoch(Connection connection) throws SQLException {
    if (!isThere(connection) || !StateTable.isThere(connection)) {
      throw new OrderwireException(
          ErrorCode.NO_CHANGE_LOG,
          "the database has no change log that this user can see: expected the tables %s and %s. Run `orderwire install`, or start `orderwire serve` or `orderwire relay`."
              .formatted(NAME, StateTable.NAME));
    }
    return LogIdentity.current(connection)
        .orElseThrow(LogIdentity::noEpoch)
        .epoch(connection)
        .orElseThrow(LogIdentity::noEpoch);
  }

  /**
   * Whether the change log exists.
   *
   * @throws OrderwireException {@code foreign_change_log}
   */
  public static boolean isThere(Connection connection) throws SQLException {
    return TABLE.isThere(connection);
  }

  /** The statement that creates the change log unless it exists. */
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
