package dev.orderwire.changelog;

import dev.orderwire.change.Column;
import dev.orderwire.change.OrderwireException;
import dev.orderwire.change.Table;
import dev.orderwire.mysql.Mysql;
import dev.orderwire.mysql.Schema;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/**
 * The table of revoked tokens and subjects. Applications write it; the servers watch it like any
 * other table. It is made for servers that authenticate their clients.
 */
public final class RevokedTable {
  public static final String NAME = "orderwire_revoked";

  /** As {@link #createSql} makes it. */
  public static final Table TABLE =
      new Table(
          NAME,
          List.of(
              new Column("id", "bigint unsigned", "bigint"),
              new Column("jti", "varchar(255)", "varchar", "utf8mb4"),
              new Column("subject", "varchar(255)", "varchar", "utf8mb4"),
              new Column("until", "timestamp(6)", "timestamp")),
          List.of("id"));

  private RevokedTable() {}

  public static String createSql() {
    return """
    CREATE TABLE IF NOT EXISTS %s (
      id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
      jti VARCHAR(255) NULL,
      subject VARCHAR(255) NULL,
      until TIMESTAMP(6) NULL DEFAULT NULL
    ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin
      COMMENT='Orderwire: an INSERT revokes a token (jti), or all of a subject'\
    """
        .formatted(NAME);
  }

  public static String dropSql() {
    return "DROP TABLE IF EXISTS " + NAME;
  }

  /**
   * As {@link #isThere(Connection)}, on a connection of its own.
   *
   * @throws OrderwireException {@code mysql_unavailable}, {@code mysql_failed}
   */
  public static boolean isThere(Mysql mysql) {
    try (Connection connection = mysql.connect()) {
      return isThere(connection);
    } catch (SQLException e) {
      throw mysql.failed(e);
    }
  }

  public static boolean isThere(Connection connection) throws SQLException {
    return Schema.hasTable(connection, NAME);
  }
}
