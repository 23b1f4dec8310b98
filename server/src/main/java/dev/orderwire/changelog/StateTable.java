package dev.orderwire.changelog;

import dev.orderwire.mysql.Query;
import dev.orderwire.mysql.Schema;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The table beside the change log that stores the servers' shared state: one JSON value for each
 * name. All servers of a database share it.
 */
public final class StateTable {
  public static final String NAME = "orderwire_state";

  private static final JsonMapper JSON = JsonMapper.shared();

  private StateTable() {}

  public static String createSql() {
    return """
    CREATE TABLE IF NOT EXISTS %s (
      name VARCHAR(80) NOT NULL PRIMARY KEY,
      value JSON NOT NULL,
      at TIMESTAMP(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6) ON UPDATE CURRENT_TIMESTAMP(6)
    ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin
      COMMENT='Orderwire: what its servers must not forget'\
    """
        .formatted(NAME);
  }

  public static String dropSql() {
    return "DROP TABLE IF EXISTS " + NAME;
  }

  public static boolean isThere(Connection connection) throws SQLException {
    return Schema.hasTable(connection, NAME);
  }

  /** The value of a name; empty if there is none. */
  public static Optional<JsonNode> read(Connection connection, String name) throws SQLException {
    return select(connection, name, "");
  }

  /** The value of a name, locked until the transaction ends. */
  static Optional<JsonNode> lock(Connection connection, String name) throws SQLException {
    return select(connection, name, " FOR UPDATE");
  }

  private static Optional<JsonNode> select(Connection connection, String name, String lock)
      throws SQLException {
    List<JsonNode> found =
        Query.list(
            connection,
            "SELECT value FROM " + NAME + " WHERE name = ?" + lock,
            row -> JSON.readTree(row.getString(1)),
            name);
    return found.stream().findFirst();
  }

  static void remove(Connection connection, String name) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement("DELETE FROM " + NAME + " WHERE name = ?")) {
      statement.setString(1, name);
      statement.executeUpdate();
    }
  }

  /** Writes a value unless the name has one: of several servers at once, the first one succeeds. */
  static void writeFirst(Connection connection, String name, JsonNode value) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement(
            "INSERT IGNORE INTO " + NAME + " (name, value) VALUES (?, ?)")) {
      statement.setString(1, name);
      statement.setString(2, value.toString());
      statement.executeUpdate();
    }
  }

  public static void write(Connection connection, String name, JsonNode value) throws SQLException {
    String sql =
        "INSERT INTO " + NAME + " (name, value) VALUES (?, ?) ON DUPLICATE KEY UPDATE value = ?";
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setString(1, name);
      statement.setString(2, value.toString());
      statement.setString(3, value.toString());
      statement.executeUpdate();
    }
  }
}
