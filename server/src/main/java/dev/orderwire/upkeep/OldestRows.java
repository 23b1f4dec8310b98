package dev.orderwire.upkeep;

import dev.orderwire.changelog.ChangeLogTable;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;

/**
 * Some of the change log's oldest rows, always the first ones without a break.
 *
 * @param count how many
 * @param last the id of the last of them; 0 where there is none
 * @param bytes how large they are, about
 */
record OldestRows(int count, long last, long bytes) {
  /** What MySQL keeps of a row beside its JSON, about. */
  static final int ROW_BYTES = 120;

  static final String BYTES =
      "COALESCE(JSON_STORAGE_SIZE(row_key), 0) + COALESCE(JSON_STORAGE_SIZE(row_before), 0)"
          + " + COALESCE(JSON_STORAGE_SIZE(row_after), 0) + "
          + ROW_BYTES;

  private static final String READ =
      "SELECT id, at < NOW(6) - INTERVAL ? HOUR, "
          + BYTES
          + " FROM "
          + ChangeLogTable.NAME
          + " WHERE id <= ? ORDER BY id LIMIT ?";

  /**
   * Those that go next.
   *
   * @param highest none above this id
   * @param hours up to the first one that is younger, or 0 for none by their age
   * @param surplus and those that make up so many bytes, whatever their age
   */
  static OldestRows find(Connection connection, long highest, long hours, long surplus, int most)
      throws SQLException {
    int count = 0;
    long last = 0;
    long bytes = 0;
    try (PreparedStatement statement = connection.prepareStatement(READ)) {
      statement.setLong(1, hours);
      statement.setLong(2, highest);
      statement.setInt(3, most);
      try (ResultSet rows = statement.executeQuery()) {
        while (rows.next() && (bytes < surplus || (hours > 0 && rows.getBoolean(2)))) {
          count++;
          last = rows.getLong(1);
          bytes += rows.getLong(3);
        }
      }
    }
    return new OldestRows(count, last, bytes);
  }
}
