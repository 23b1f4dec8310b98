package dev.orderwire.upkeep;

import dev.orderwire.changelog.ChangeLogTable;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;

/**
 * The oldest rows of the change log that retention may delete, without a break from the first row.
 *
 * @param count how many rows
 * @param last the id of the last one; 0 if there is none
 * @param bytes their approximate size
 */
record OldestRows(int count, long last, long bytes) {
  /** The approximate size of a row without its JSON. */
  static final int ROW_BYTES = 120;

  static final String BYTES =
      "COALESCE(JSON_STORAGE_SIZE(row_key), 0) + COALESCE(JSON_STORAGE_SIZE(row_before), 0)"
          + " + COALESCE(JSON_STORAGE_SIZE(row_after), 0) + "
          + ROW_BYTES;

  private static final String READ =
      "SELECT id, " + BYTES + " FROM " + ChangeLogTable.NAME + " WHERE id <= ? ORDER BY id LIMIT ?";

  /**
   * Finds the rows to delete next: the oldest ones up to {@code surplus} bytes, and after them
   * those up to {@code expired}.
   *
   * @param highest the highest id that may be deleted
   * @param expired the highest id that is old enough; 0 to delete none because of its age
   * @param surplus 0 or less to delete none because of the log's size
   * @param most the highest number of rows
   */
  static OldestRows find(Connection connection, long highest, long expired, long surplus, int most)
      throws SQLException {
    int count = 0;
    long last = 0;
    long bytes = 0;
    try (PreparedStatement statement = connection.prepareStatement(READ)) {
      statement.setLong(1, highest);
      statement.setInt(2, most);
      try (ResultSet rows = statement.executeQuery()) {
        while (rows.next() && (bytes < surplus || rows.getLong(1) <= expired)) {
          count++;
          last = rows.getLong(1);
          bytes += rows.getLong(2);
        }
      }
    }
    return new OldestRows(count, last, bytes);
  }
}
