package dev.orderwire.upkeep;

import dev.orderwire.changelog.ChangeLogTable;
import dev.orderwire.changelog.LoggedIds;
import dev.orderwire.mysql.Query;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;

/**
 * Estimates the size of the change log from samples: MySQL's own figure is the size of the file,
 * which does not shrink when rows are deleted.
 */
final class LogSize {
  private static final int SAMPLES = 20;
  private static final int ROWS = 50;

  private static final String SAMPLE =
      "SELECT MAX(id), SUM(bytes) FROM (SELECT id, "
          + OldestRows.BYTES
          + " AS bytes FROM "
          + ChangeLogTable.NAME
          + " WHERE id >= ? ORDER BY id LIMIT "
          + ROWS
          + ") AS sample";

  private LogSize() {}

  /** The estimated size in bytes. */
  static long of(Connection connection) throws SQLException {
    long oldest =
        Query.list(
                connection,
                "SELECT COALESCE(MIN(id), 1) FROM " + ChangeLogTable.NAME,
                row -> row.getLong(1))
            .getFirst();
    long ids = LoggedIds.newestId(connection) - oldest + 1;
    double sampled = 0;
    double bytes = 0;
    try (PreparedStatement statement = connection.prepareStatement(SAMPLE)) {
      for (int sample = 0; sample < SAMPLES; sample++) {
        long from = oldest + ids * sample / SAMPLES;
        statement.setLong(1, from);
        try (ResultSet row = statement.executeQuery()) {
          if (row.next() && row.getLong(1) >= from) {
            // Per id in the sampled range, so that it holds even if most ids have no row.
            sampled += row.getLong(1) - from + 1;
            bytes += row.getLong(2);
          }
        }
      }
    }
    return sampled == 0 ? 0 : (long) (bytes / sampled * ids);
  }
}
