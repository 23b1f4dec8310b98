package dev.orderwire.changelog;

import java.sql.Connection;
import java.sql.SQLException;

/**
 * Shows that a server has everything that a reader may claim to have read. The source of all
 * changes needs no proof; a replica may lag, or may be the copy of another log.
 */
public interface ReadProof {
  /** For the source. */
  ReadProof OF_SOURCE =
      new ReadProof() {
        @Override
        public void await(Connection session) {
          // It has everything.
        }

        @Override
        public void check(Connection session, String epoch) {
          // The tail follows this very log.
        }
      };

  /**
   * Waits until the server of the session has everything that was visible on the source when this
   * was called. Not in a transaction.
   *
   * @throws UnfitServerException if it takes too long
   */
  void await(Connection session) throws SQLException;

  /**
   * Checks that what the session sees is the log with this epoch.
   *
   * @throws UnfitServerException if it is another one
   */
  void check(Connection session, String epoch) throws SQLException;
}
