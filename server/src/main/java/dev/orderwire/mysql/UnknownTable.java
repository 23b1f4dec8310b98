package dev.orderwire.mysql;

import dev.orderwire.change.ErrorCode;
import dev.orderwire.change.Nearest;
import dev.orderwire.change.OrderwireException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/** The error for an unknown table, with similar names as suggestions. */
public final class UnknownTable {
  private static final int MAX_SUGGESTIONS = 3;

  private UnknownTable() {}

  public static OrderwireException of(Connection connection, String name) throws SQLException {
    List<String> all =
        Query.list(
            connection,
            """
            SELECT table_name AS name FROM information_schema.tables
             WHERE table_schema = DATABASE() AND table_type = 'BASE TABLE'
             ORDER BY table_name\
            """,
            row -> row.getString("name"));
    List<String> nearest = Nearest.like(name, all, MAX_SUGGESTIONS);
    Account account = Account.of(connection);
    return new OrderwireException(
        ErrorCode.UNKNOWN_TABLE,
        "database %s has no table %s that this user can see%s. Correct the name, or grant access: %s;"
            .formatted(
                account.database(),
                name,
                nearest.isEmpty() ? "" : "; the nearest: " + String.join(", ", nearest),
                account.grant("SELECT, TRIGGER", name)));
  }
}
