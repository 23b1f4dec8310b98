package dev.orderwire.bench.load;

import java.util.BitSet;

/**
 * Received sequence numbers, one bit each, so that a duplicate cannot make up for a missing one.
 */
final class ReceivedNumbers {
  /** Bounds the memory, should a number be corrupt. */
  private static final int LIMIT = 50_000_000;

  private final BitSet seen = new BitSet();

  /** Adds a number, and returns whether it is new. */
  boolean add(int number) {
    if (number < 0 || number >= LIMIT) {
      throw new IllegalStateException("not a sequence number: " + number);
    }
    if (seen.get(number)) {
      return false;
    }
    seen.set(number);
    return true;
  }

  /** The count of numbers from {@code from} to below {@code to} that were not received. */
  int missing(int from, int to) {
    int missing = 0;
    for (int next = seen.nextClearBit(from); next < to; next = seen.nextClearBit(next)) {
      int end = seen.nextSetBit(next);
      end = end < 0 || end > to ? to : end;
      missing += end - next;
      next = end;
    }
    return missing;
  }
}
