package dev.orderwire.changelog;

import dev.orderwire.change.Column;
import dev.orderwire.change.ErrorCode;
import dev.orderwire.change.Table;
import dev.orderwire.mysql.OwnTable;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/**
 * A small table whose rows the servers change to check that changes arrive. It has triggers like a
 * watched table, and its changes are logged and tailed likewise; but it is in no catalog, so that
 * no client sees it.
 */
public final class CanaryTable {
  public static final String NAME = "orderwire_canary";

  /** The column types give the same triggers whatever the database's character set. */
  public static final Table TABLE =
      new Table(
          NAME,
          List.of(
              new Column("server", "bigint unsigned", "bigint"),
              new Column("beat", "bigint unsigned", "bigint"),
              new Column("at", "timestamp(6)", "timestamp")),
          List.of("server"));

  private static final OwnTable OWN =
      new OwnTable(
          NAME,
          TABLE.columns().stream().map(column -> column.name() + " " + column.type()).toList(),
          ErrorCode.FOREIGN_CANARY);

  private CanaryTable() {}

  public static String createSql() {
    return """
    CREATE TABLE IF NOT EXISTS %s (
      server BIGINT UNSIGNED NOT NULL PRIMARY KEY,
      beat BIGINT UNSIGNED NOT NULL,
      at TIMESTAMP(6) NOT NULL
    ) ENGINE=InnoDB
      COMMENT='Orderwire: each server changes a row here to see whether changes arrive'\
    """
        .formatted(NAME);
  }

  public static String dropSql() {
    return "DROP TABLE IF EXISTS " + NAME;
  }

  /**
   * Whether the table exists.
   *
   * @throws OrderwireException {@code foreign_canary}
   */
  public static boolean isThere(Connection connection) throws SQLException {
    return OWN.isThere(connection);
  }

  /**
   * The privileges on the table that a server needs.
   *
   * @param create whether it also has to create the table
   */
  public static String privileges(boolean create) {
    return "SELECT, INSERT, UPDATE, TRIGGER" + (create ? ", CREATE" : "");
  }
}
