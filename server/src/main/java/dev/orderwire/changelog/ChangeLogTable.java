package dev.orderwire.changelog;

import dev.orderwire.change.OrderwireException;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The change log as a table of MySQL: its name, its shape and its epoch.
 *
 * <p>A row whose {@code row_after} (of an insert or an update) or {@code row_before} (of a delete)
 * is NULL is a <b>marker</b>: the change happened, and its trigger could not write down the row. A
 * marker whose {@code row_key} is NULL too could not even say which row it was.
 */
public final class ChangeLogTable {
  public static final String NAME = "orderwire_change_log";

  /** How many characters of an actor are kept. */
  static final int ACTOR_LENGTH = 255;

  private static final Pattern EPOCH = Pattern.compile("epoch=([a-z0-9]{1,32})$");
  private static final int EPOCH_LENGTH = 10;

  private static final List<String> COLUMNS =
      List.of(
          "id bigint unsigned",
          "at timestamp(6)",
          "table_name varchar(64)",
          "op enum('insert','update','delete')",
          "row_key json",
          "row_before json",
          "row_after json",
          "actor varchar(" + ACTOR_LENGTH + ")");

  private ChangeLogTable() {}

  /**
   * The epoch of this database's change log: made with the table, kept in its comment, gone with
   * it.
   *
   * @throws OrderwireException {@code no_change_log}; {@code foreign_change_log} where a table of
   *     that name is not ours
   */
  public static String epoch(Connection connection) throws SQLException {
    return find(connection)
        .orElseThrow(() ->
            new OrderwireException(
                "no_change_log",
                "this database has no table %s that this user can see: run `orderwire install`."
                    .formatted(NAME)));
  }

  /** The epoch, or empty where there is no change log; refuses a table that is not ours. */
  static Optional<String> find(Connection connection) throws SQLException {
    List<Found> found =
        Query.list(
            connection,
            """
            SELECT COALESCE(engine, '') AS engine, table_comment AS comment
              FROM information_schema.tables
             WHERE table_schema = DATABASE() AND table_name = ?\
            """,
            row -> new Found(row.getString("engine"), row.getString("comment")),
            NAME);
    if (found.isEmpty()) {
      return Optional.empty();
    }
    List<String> columns =
        Query.list(
            connection,
            """
            SELECT column_name AS name, column_type AS type FROM information_schema.columns
             WHERE table_schema = DATABASE() AND table_name = ? ORDER BY ordinal_position\
            """,
            row -> row.getString("name") + " " + Schema.type(row.getString("type")),
            NAME);
    Matcher epoch = EPOCH.matcher(found.getFirst().comment());
    if (!columns.equals(COLUMNS) || !found.getFirst().engine().equals("InnoDB") || !epoch.find()) {
      throw new OrderwireException(
          "foreign_change_log",
          "the table %s is not one that Orderwire made: expected an InnoDB table of %s with its epoch in its comment; found a table (%s) of %s with the comment '%s'. Rename it, or drop it if nobody needs it."
              .formatted(
                  NAME,
                  String.join(", ", COLUMNS),
                  found.getFirst().engine(),
                  String.join(", ", columns),
                  found.getFirst().comment()));
    }
    return Optional.of(epoch.group(1));
  }

  private record Found(String engine, String comment) {}

  /**
   * The statement that creates it with an epoch of its own. It leaves a change log that is there
   * already as it is.
   */
  static String createSql() {
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
      COMMENT='Orderwire change log, epoch=%s'\
    """
        .formatted(NAME, ACTOR_LENGTH, newEpoch());
  }

  static String dropSql() {
    return "DROP TABLE IF EXISTS " + NAME;
  }

  private static String newEpoch() {
    SecureRandom random = new SecureRandom();
    StringBuilder epoch = new StringBuilder();
    while (epoch.length() < EPOCH_LENGTH) {
      epoch.append(Integer.toString(random.nextInt(36), 36));
    }
    return epoch.toString();
  }
}
