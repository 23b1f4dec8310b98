package dev.orderwire.capture.triggers;

import dev.orderwire.change.ErrorCode;
import dev.orderwire.change.OrderwireException;
import dev.orderwire.changelog.CanaryTable;
import dev.orderwire.changelog.ChangeLogTable;
import dev.orderwire.changelog.LoggedIds;
import dev.orderwire.mysql.Mysql;
import dev.orderwire.mysql.NonBlockingDdl;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;

/**
 * Proves by a write that triggers work here, before the application writes to a table that has
 * them: it changes a row of the {@link CanaryTable}, whose triggers have the same form and the same
 * definer, and looks for the changes in the change log. Then it rolls back.
 */
final class TriggerProof {
  private static final String INSERT =
      "INSERT INTO " + CanaryTable.NAME + " (server, beat, at) VALUES (?, 0, NOW(6))";

  private static final String UPDATE =
      "UPDATE " + CanaryTable.NAME + " SET beat = 1 WHERE server = ?";

  private static final String FIND =
      "SELECT COUNT(*) FROM "
          + ChangeLogTable.NAME
          + " WHERE id > ? AND table_name = '"
          + CanaryTable.NAME
          + "' AND row_after->>'$.server' = ?";

  private TriggerProof() {}

  /**
   * Writes and rolls back.
   *
   * @throws OrderwireException {@code triggers_fail}
   * @throws SQLException if the canary's table is in use
   */
  static void run(Connection connection) throws SQLException {
    connection.setAutoCommit(false);
    try {
      if (!isLogged(connection)) {
        throw failed("its change is not in the change log " + ChangeLogTable.NAME);
      }
    } catch (SQLException e) {
      if (NonBlockingDdl.isInUse(e) || !connection.isValid(1)) {
        throw e;
      }
      throw failed(Mysql.reason(e));
    } finally {
      connection.rollback();
      connection.setAutoCommit(true);
    }
  }

  private static boolean isLogged(Connection connection) throws SQLException {
    long before = LoggedIds.newestId(connection);
    long server = new SecureRandom().nextLong(1, Long.MAX_VALUE);
    write(connection, INSERT, server);
    write(connection, UPDATE, server);
    try (PreparedStatement statement = connection.prepareStatement(FIND)) {
      statement.setLong(1, before);
      statement.setString(2, String.valueOf(server));
      try (ResultSet row = statement.executeQuery()) {
        row.next();
        return row.getInt(1) == 2;
      }
    }
  }

  private static void write(Connection connection, String sql, long server) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setLong(1, server);
      statement.executeUpdate();
    }
  }

  private static OrderwireException failed(String cause) {
    return new OrderwireException(
        ErrorCode.TRIGGERS_FAIL,
        "a row was written to %s to try its triggers, and %s. No trigger was created on another table, as the application's writes would fail or go unlogged too. Correct the cause, and install again."
            .formatted(CanaryTable.NAME, cause));
  }
}
