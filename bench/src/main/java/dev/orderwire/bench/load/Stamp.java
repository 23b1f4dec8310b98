package dev.orderwire.bench.load;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * What a writer puts into the column {@link #COLUMN} just before it writes a row: a mark, the time,
 * and the change's running number. Whoever has the bytes of a message finds it there without
 * reading the rest.
 *
 * <p>The time is {@link System#nanoTime}, which on Linux is CLOCK_MONOTONIC: the same in all
 * processes of a machine.
 */
public final class Stamp {
  /** A column of text that takes {@link #LENGTH} characters. */
  public static final String COLUMN = "customer_name";

  private static final byte MARK = '~';
  private static final int MARKS = 16;
  private static final int TIME = 19;
  private static final int NUMBER = 10;

  public static final int LENGTH = MARKS + TIME + NUMBER;

  /** What stands before the stamp that an update has replaced. */
  private static final byte[] REPLACED =
      ("\"old\":{\"" + COLUMN + "\":\"").getBytes(StandardCharsets.US_ASCII);

  /** How many bytes before a stamp are looked at. */
  static final int LOOKBACK = REPLACED.length;

  /** Takes what was found. */
  interface Finder {
    void found(long nanos, int number);
  }

  private Stamp() {}

  /** A stamp of now. */
  public static String of(int number) {
    return of(System.nanoTime(), number);
  }

  static String of(long nanos, int number) {
    return "~".repeat(MARKS) + "%019d%010d".formatted(nanos, number);
  }

  /**
   * Finds the stamps that begin at {@code from} or after it, and before {@code to}, but for those
   * that an update has replaced. Of {@link #MARKS} bytes it looks at one.
   *
   * @param to at most the end of the bytes less {@link #LENGTH}, plus one
   */
  static void find(ByteBuffer bytes, int from, int to, Finder finder) {
    int probe = from + MARKS - 1;
    while (probe < to + MARKS - 1) {
      if (bytes.get(probe) == MARK) {
        int start = probe;
        while (start > from && bytes.get(start - 1) == MARK) {
          start--;
        }
        if (start < to && hasMark(bytes, start)) {
          if (!isReplaced(bytes, start)) {
            finder.found(
                number(bytes, start + MARKS, TIME),
                (int) number(bytes, start + MARKS + TIME, NUMBER));
          }
          probe = start + LENGTH - 1;
        }
      }
      probe += MARKS;
    }
  }

  private static boolean hasMark(ByteBuffer bytes, int start) {
    for (int at = start; at < start + MARKS; at++) {
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
