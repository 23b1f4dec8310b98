package dev.orderwire.bench.load;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * A mark, the time, and a change's sequence number, which a writer puts into the column {@link
 * #COLUMN} just before it writes a row. A client finds it in the bytes of a message without parsing
 * them.
 *
 * <p>The time is {@link System#nanoTime}, which on Linux is CLOCK_MONOTONIC: the same in all
 * processes of a machine.
 */
public final class Stamp {
  /** A text column that holds {@link #LENGTH} characters. */
  public static final String COLUMN = "customer_name";

  private static final byte MARK = '~';
  private static final int MARK_LENGTH = 16;
  private static final int TIME_DIGITS = 19;
  private static final int NUMBER_DIGITS = 10;

  public static final int LENGTH = MARK_LENGTH + TIME_DIGITS + NUMBER_DIGITS;

  /** The bytes before a stamp that an update has replaced. */
  private static final byte[] REPLACED =
      ("\"old\":{\"" + COLUMN + "\":\"").getBytes(StandardCharsets.US_ASCII);

  /** How many bytes before a stamp {@link #find} reads. */
  static final int LOOKBACK = REPLACED.length;

  /** Receives the stamps that are found. */
  interface Finder {
    void found(long nanos, int number);
  }

  private Stamp() {}

  /** A stamp with the present time. */
  public static String of(int number) {
    return of(System.nanoTime(), number);
  }

  static String of(long nanos, int number) {
    return "~".repeat(MARK_LENGTH) + "%019d%010d".formatted(nanos, number);
  }

  /**
   * Finds the stamps that begin at {@code from} or later and before {@code to}. Stamps that an
   * update has replaced do not count. It probes one of {@link #MARK_LENGTH} bytes.
   *
   * @param to at most the end of the bytes minus {@link #LENGTH} plus one
   */
  static void find(ByteBuffer bytes, int from, int to, Finder finder) {
    int probe = from + MARK_LENGTH - 1;
    while (probe < to + MARK_LENGTH - 1) {
      if (bytes.get(probe) == MARK) {
        int start = probe;
        while (start > from && bytes.get(start - 1) == MARK) {
          start--;
        }
        if (start < to && hasMark(bytes, start)) {
          if (!isReplaced(bytes, start)) {
            finder.found(
                number(bytes, start + MARK_LENGTH, TIME_DIGITS),
                (int) number(bytes, start + MARK_LENGTH + TIME_DIGITS, NUMBER_DIGITS));
          }
          probe = start + LENGTH - 1;
        }
      }
      probe += MARK_LENGTH;
    }
  }

  private static boolean hasMark(ByteBuffer bytes, int start) {
    for (int at = start; at < start + MARK_LENGTH; at++) {
      if (bytes.get(at) != MARK) {
        return false;
      }
    }
    return true;
  }

  private static boolean isReplaced(ByteBuffer bytes, int start) {
    int at = start - LOOKBACK;
    if (at < 0) {
      return false;
    }
    for (byte expected : REPLACED) {
      if (bytes.get(at++) != expected) {
        return false;
      }
    }
    return true;
  }

  private static long number(ByteBuffer bytes, int at, int digits) {
    long number = 0;
    for (int i = at; i < at + digits; i++) {
      number = number * 10 + bytes.get(i) - '0';
    }
    return number;
  }
}
