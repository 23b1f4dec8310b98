package dev.orderwire.changelog;

import dev.orderwire.change.Column;
import dev.orderwire.change.ErrorCode;
import dev.orderwire.change.Table;
import dev.orderwire.mysql.OwnTable;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/**
 * A small table whose rows the servers change to see whether changes arrive. It has the triggers of
 * a watched table, and its changes go their way; but it is in no {@link Catalog}, so that no client
 * sees it.
 */
public final class CanaryTable {
  public static final String NAME = "orderwire_canary";

  /** Of types whose triggers are the same whatever the database's character set. */
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

  /** Whether it is there; refuses a table that is not ours. */
  public static boolean isThere(Connection connection) throws SQLException {
    return OWN.isThere(connection);
  }

  /** The privileges on it that a server needs. */
  public static String needed(boolean create) {
    return "SELECT, INSERT, UPDATE, TRIGGER" + (create ? ", CREATE" : "");
  }
}
