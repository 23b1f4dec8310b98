package dev.orderwire.judge.policy;

import dev.orderwire.judge.policy.Tokens.Token;
import dev.orderwire.judge.table.Database;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;

/** Revokes tokens and identities, as an application does. Safe for use by any number of threads. */
public final class Revocations {
  private final Database database;

  public Revocations(Database database) {
    this.database = database;
  }

  /**
   * Revokes a token, or all tokens of its identity.
   *
   * @return whether that is certain: MySQL may be down
   */
  public boolean revoke(Token token, boolean all) {
    try (Connection connection = database.connectAsApplication();
        PreparedStatement insert =
            connection.prepareStatement(
                "INSERT INTO orderwire_revoked (jti, subject, until)"
                    + " VALUES (?, ?, NOW(6) + INTERVAL 1 HOUR)")) {
      insert.setString(1, all ? null : token.id());
      insert.setString(2, all ? token.identity().subject() : null);
      insert.executeUpdate();
      return true;
    } catch (SQLException e) {
      return false;
    }
  }
}
