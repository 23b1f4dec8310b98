package dev.orderwire.tail.gaps;

import java.util.Set;

/**
 * The transactions and statements that a {@link GapProof} saw at some moment, and that may still
 * make ids visible which MySQL assigned before it. Names can only be compared: while a name is seen
 * again, its transaction or statement may still be running; once it is not, that one has ended.
 *
 * @param transactions open transactions that may have written to the change log
 * @param statements running statements of these: only they may have an id whose row is not in the
 *     log yet
 */
public record OpenWriters(Set<String> transactions, Set<String> statements) {
  public OpenWriters {
    transactions = Set.copyOf(transactions);
    statements = Set.copyOf(statements);
  }
}
