package dev.orderwire.tail;

import dev.orderwire.tail.gaps.GapProof;
import dev.orderwire.tail.gaps.NoProof;
import java.sql.Connection;
import java.sql.SQLException;

/**
 * The proof of the tail's session that gaps are dead, and when it is due. For the tail's thread.
 */
final class GapChecks {
  private final Tail.Proofs proofs;
  private GapProof proof = new NoProof();

  /** When the next check is due, by {@link System#nanoTime}. */
  private long next;

  GapChecks(Tail.Proofs proofs) {
    this.proofs = proofs;
  }

  /** Begins anew in a session. */
  void begin(Connection session) throws SQLException {
    proof = proofs.of(session);
    next = System.nanoTime();
  }

  GapProof proof() {
    return proof;
  }

  /** The nanoseconds from {@code time} until the next check is due; at most 0 if it is. */
  long dueIn(long time) {
    return next - time;
  }

  /** A check has ended. */
  void checked() {
    next = System.nanoTime() + proof.pause().toNanos();
  }
}
