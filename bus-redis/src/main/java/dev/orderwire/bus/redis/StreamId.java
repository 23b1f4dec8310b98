package dev.orderwire.bus.redis;

import dev.orderwire.bus.BusRecord;
import java.util.Comparator;

/**
 * The id of an entry of a stream: two unsigned numbers of 64 bits. Redis accepts an entry only if
 * its id is higher than all before.
 */
record StreamId(long term, long seq) implements Comparable<StreamId> {
  /** Lower than the id of any entry. */
  static final StreamId ZERO = new StreamId(0, 0);

  private static final Comparator<StreamId> ORDER =
      Comparator.comparing(StreamId::term, Long::compareUnsigned)
          .thenComparing(StreamId::seq, Long::compareUnsigned);

  static StreamId of(BusRecord each) {
    return new StreamId(each.term(), each.seq());
  }

  /**
   * @param text as Redis writes it: {@code 7-12}
   * @throws NumberFormatException if it is none
   */
  static StreamId parse(String text) {
    int dash = text.indexOf('-');
    if (dash < 0) {
      throw new NumberFormatException("no id of a stream: " + text);
    }
    return new StreamId(
        Long.parseUnsignedLong(text, 0, dash, 10),
        Long.parseUnsignedLong(text, dash + 1, text.length(), 10));
  }

  /** Whether a record can have it: both numbers begin at 1, and are signed there. */
  boolean isOfRecord() {
    return term > 0 && seq > 0;
  }

  @Override
  public int compareTo(StreamId other) {
    return ORDER.compare(this, other);
  }

  @Override
  public String toString() {
    return Long.toUnsignedString(term) + "-" + Long.toUnsignedString(seq);
  }
}
