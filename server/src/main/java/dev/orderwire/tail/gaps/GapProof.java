package dev.orderwire.tail.gaps;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;

/**
 * Proves that gaps are dead, by finding the transactions that may still fill them. A gap is dead
 * when every statement that may have its id has ended and its row is not in the change log, not
 * even uncommitted (see {@link Gaps}). An implementation may find too many writers, but must not
 * miss one.
 *
 * <p>For one thread, and for the session that it was created for.
 */
public interface GapProof {
  /**
   * Finds the writers that may still make ids visible which MySQL assigned before this call.
   *
   * @return empty if MySQL does not show them at the moment
   */
  Optional<OpenWriters> findWriters(Connection session) throws SQLException;

  /** How long to wait between two calls of {@link #findWriters}. */
  Duration pause();

  /** Returns the best proof that the session's server and user allow. */
  static GapProof of(Connection session) throws SQLException {
    if (MetadataLocks.areVisible(session)) {
      return new MetadataLocks();
    }
    return OpenTransactions.areVisible(session) ? new OpenTransactions() : new NoProof();
  }
}
