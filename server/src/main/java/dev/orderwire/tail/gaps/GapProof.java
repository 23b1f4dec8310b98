package dev.orderwire.tail.gaps;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;

/**
 * The means to prove that a gap is dead: a look at who may still fill it. A gap is dead when every
 * statement that may have got its id has ended and its row is not in the change log, not even
 * uncommitted (see {@link Gaps}). An implementation may show too many, and never one too few.
 *
 * <p>For one thread, and the session that it was made for.
 */
public interface GapProof {
  /**
   * Who may still make visible what was handed out before this call.
   *
   * @return empty where MySQL does not show that just now
   */
  Optional<OpenWriters> look(Connection session) throws SQLException;

  /** How long to wait after a look before the next one. */
  Duration pause();

  /** The best that this session's server and user allow. */
  static GapProof of(Connection session) throws SQLException {
    if (MetadataLocks.areShown(session)) {
      return new MetadataLocks();
    }
    return OpenTransactions.areShown(session) ? new OpenTransactions() : new NoProof();
  }
}
