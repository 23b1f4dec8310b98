package dev.orderwire.changelog;

import dev.orderwire.change.OrderwireException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/** The refusal of a table that is not there, with those that may have been meant. */
final class UnknownTable {
  private static final int NAMED = 3;

  private UnknownTable() {}

  static OrderwireException of(Connection connection, String name) throws SQLException {
    List<String> all =
        Query.list(
            connection,
            """
            SELECT table_name AS name FROM information_schema.tables
             WHERE table_schema = DATABASE() AND table_type = 'BASE TABLE'
             ORDER BY table_name\
            """,
            row -> row.getString("name"));
    List<String> nearest =
        all.stream()
            .filter(other -> distance(name, other) <= 1 + name.length() / 4)
            .sorted(Comparator.comparingInt(other -> distance(name, other)))
            .limit(NAMED)
            .toList();
    Account account = Account.of(connection);
    return new OrderwireException(
        "unknown_table",
        "database %s has no table %s that this user can see%s. Correct the name, or: %s;"
            .formatted(
                account.database(),
                name,
                nearest.isEmpty() ? "" : "; the nearest: " + String.join(", ", nearest),
                account.grant("SELECT, TRIGGER", name)));
  }

  /** How many characters must be put in, taken out or replaced; case counts for nothing. */
  private static int distance(String one, String other) {
    String a = one.toLowerCase(Locale.ROOT);
    String b = other.toLowerCase(Locale.ROOT);
    int[] above = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      above[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int[] row = new int[b.length() + 1];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int replaced = above[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        row[j] = Math.min(replaced, 1 + Math.min(above[j], row[j - 1]));
      }
      above = row;
    }
    return above[b.length()];
  }
}
