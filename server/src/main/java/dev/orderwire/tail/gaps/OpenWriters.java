package dev.orderwire.tail.gaps;

import java.util.Set;

/**
 * Who may make ids visible that were handed out before some moment, as a {@link GapProof} saw it at
 * that moment. The names mean nothing but themselves: as long as one is seen again, what it stands
 * for may still be going on; once it is not, that has ended.
 *
 * @param transactions that are open and may have written to the change log
 * @param statements that run in those: only they may have got an id whose row is not in the log yet
 */
public record OpenWriters(Set<String> transactions, Set<String> statements) {
  static final OpenWriters NOBODY = new OpenWriters(Set.of(), Set.of());

  public OpenWriters {
    transactions = Set.copyOf(transactions);
    statements = Set.copyOf(statements);
  }
}
