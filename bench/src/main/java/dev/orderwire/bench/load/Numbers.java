package dev.orderwire.bench.load;

import java.util.BitSet;

/** The running numbers that came, one bit each: so that none missing hides one that came twice. */
final class Numbers {
  /** Bounds the memory, should a number be none. */
  private static final int MOST = 50_000_000;

  private final BitSet seen = new BitSet();

  /** Whether it came for the first time. */
  boolean add(int number) {
    if (number < 0 || number >= MOST) {
      throw new IllegalStateException("no running number: " + number);
    }
    if (seen.get(number)) {
      return false;
    }
    seen.set(number);
    return true;
  }

  /** How many of the numbers from {@code from} on and below {@code to} have not come. */
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

  void clear() {
    seen.clear();
  }
}
