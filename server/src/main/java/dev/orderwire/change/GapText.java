package dev.orderwire.change;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Base64;
import java.util.BitSet;
import java.util.List;

/**
 * The gaps of a position as text: a letter for the encoding, then its bytes in base64url (RFC 4648)
 * without padding. The shorter of two encodings is used:
 *
 * <ul>
 *   <li>{@code d}, distances: for each range of gaps, from the highest down, a number. Its lowest
 *       bit tells whether the range has more than one id, the other bits are the distance of the
 *       range's last id from the head, or from the first id of the range above. After a range of
 *       more than one id follows its size minus 2. A number takes one byte for each seven bits, the
 *       lowest first; the highest bit of a byte tells that another byte follows (LEB128).
 *   <li>{@code b}, a bitmap: one bit for each id below the head, the highest id first, beginning
 *       with the lowest bit of each byte. The bit of a gap is set.
 * </ul>
 */
final class GapText {
  private static final Base64.Encoder TO_TEXT = Base64.getUrlEncoder().withoutPadding();
  private static final Base64.Decoder TO_BYTES = Base64.getUrlDecoder();

  private GapText() {}

  /**
   * The text of gaps.
   *
   * @param gaps not empty, all below {@code head}
   */
  static String of(Ids gaps, long head) {
    byte[] distances = distances(gaps, head);
    return bitmapBytes(gaps.ranges().getFirst(), head) < distances.length
        ? "b" + TO_TEXT.encodeToString(bitmap(gaps, head))
        : "d" + TO_TEXT.encodeToString(distances);
  }

  /**
   * How many of the lowest ranges fit into a text of {@code room} characters, if the head moves
   * down to the id before the first range that does not. Looks at no range beyond that.
   */
  static int fitting(Ids gaps, long head, int room) {
    List<Ids.Range> ranges = gaps.ranges();
    long most = (room - 1) * 3L / 4;
    // Without the highest range: its distance is that from the head.
    long distances = 0;
    for (int i = 0; i < ranges.size(); i++) {
      Ids.Range gap = ranges.get(i);
      boolean highest = i + 1 == ranges.size();
      long above = highest ? head : ranges.get(i + 1).first();
      long ownHead = highest ? head : above - 1;
      if (distances + distanceBytes(gap, ownHead) > most
          && bitmapBytes(ranges.getFirst(), ownHead) > most) {
        return i;
      }
      distances += distanceBytes(gap, above);
    }
    return ranges.size();
  }

  private static long bitmapBytes(Ids.Range lowest, long head) {
    return (head - lowest.first() - 1) / Byte.SIZE + 1;
  }

  private static byte[] bitmap(Ids gaps, long head) {
    BitSet bits = new BitSet();
    for (Ids.Range gap : gaps.ranges()) {
      bits.set((int) (head - 1 - gap.last()), (int) (head - gap.first()));
    }
    return bits.toByteArray();
  }

  private static byte[] distances(Ids gaps, long head) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    long above = head;
    for (Ids.Range gap : gaps.ranges().reversed()) {
      write(distance(gap, above), bytes);
      if (gap.size() > 1) {
        write(gap.size() - 2, bytes);
      }
      above = gap.first();
    }
    return bytes.toByteArray();
  }

  private static int distanceBytes(Ids.Range gap, long above) {
    int size = gap.size() > 1 ? numberBytes(gap.size() - 2) : 0;
    return numberBytes(distance(gap, above)) + size;
  }

  /** Without a sign: the distance may need 63 bits. */
  private static long distance(Ids.Range gap, long above) {
    return ((above - gap.last()) << 1) | (gap.size() > 1 ? 1 : 0);
  }

  private static int numberBytes(long number) {
    return (Long.SIZE - Long.numberOfLeadingZeros(number | 1) + 6) / 7;
  }

  private static void write(long number, ByteArrayOutputStream bytes) {
    long left = number;
    for (; left >>> 7 != 0; left >>>= 7) {
      bytes.write((int) ((left & 0x7f) | 0x80));
    }
    bytes.write((int) left);
  }

  /**
   * The gaps of a text. Each encoding has one text for the same gaps; any other is refused.
   *
   * @throws IllegalArgumentException if {@link #of} makes no such text
   */
  static Ids parse(String text, long head) {
    String encoded = text.substring(1);
    byte[] bytes = TO_BYTES.decode(encoded);
    require(bytes.length > 0 && TO_TEXT.encodeToString(bytes).equals(encoded), "base64url");
    return switch (text.charAt(0)) {
      case 'd' -> ofDistances(ByteBuffer.wrap(bytes), head);
      case 'b' -> ofBitmap(bytes, head);
      default -> throw new IllegalArgumentException("the gaps must begin with b or d");
    };
  }

  private static Ids ofBitmap(byte[] bytes, long head) {
    BitSet bits = BitSet.valueOf(bytes);
    require(
        bytes[bytes.length - 1] != 0 && bits.length() < head, "bits for ids from 1 to the head");
    Ids.Builder gaps = new Ids.Builder();
    int end = bits.length();
    while (end > 0) {
      int begin = bits.previousClearBit(end - 1) + 1;
      gaps.add(head - end, head - 1 - begin);
      end = bits.previousSetBit(begin - 1) + 1;
    }
    return gaps.build();
  }

  private static Ids ofDistances(ByteBuffer bytes, long head) {
    ArrayDeque<Ids.Range> gaps = new ArrayDeque<>();
    long above = head;
    while (bytes.hasRemaining()) {
      long number = number(bytes);
      long distance = number >>> 1;
      // Ranges that touch would be one range.
      require(distance >= (gaps.isEmpty() ? 1 : 2) && distance < above, "a distance");
      long last = above - distance;
      long first = last;
      if ((number & 1) == 1) {
        long beyondTwo = number(bytes);
        require(beyondTwo >= 0 && beyondTwo <= last - 2, "the size of a range");
        first = last - 1 - beyondTwo;
      }
      gaps.addFirst(new Ids.Range(first, last));
      above = first;
    }
    return new Ids(List.copyOf(gaps));
  }

  private static long number(ByteBuffer bytes) {
    long number = 0;
    for (int shift = 0; shift < Long.SIZE; shift += 7) {
      require(bytes.hasRemaining(), "another byte");
      long next = bytes.get() & 0xff;
      long bits = next & 0x7f;
      require(((bits << shift) >>> shift) == bits, "64 bits");
      number |= bits << shift;
      if (next == bits) {
        require(bits != 0 || shift == 0, "the shortest number");
        return number;
      }
    }
    throw new IllegalArgumentException("the gaps hold a number of more than 64 bits");
  }

  private static void require(boolean valid, String expected) {
    if (!valid) {
      throw new IllegalArgumentException("the gaps do not hold what was expected: " + expected);
    }
  }

  /**
   * The gaps of a text of an older version: in base 36, each gap counted down from the gap above
   * it, the highest from the head; {@code LAST} or {@code LAST_MORE}, with dots between them.
   *
   * @throws IllegalArgumentException if older versions made no such text
   */
  static Ids parseOlder(String text, long head) {
    ArrayDeque<Ids.Range> gaps = new ArrayDeque<>();
    long above = head;
    for (String gap : text.split("\\.", -1)) {
      String[] lastAndMore = gap.split("_", -1);
      if (lastAndMore.length > 2) {
        throw new IllegalArgumentException("a gap must have at most two numbers: " + gap);
      }
      long last = above - Long.parseLong(lastAndMore[0], Position.RADIX);
      long first =
          lastAndMore.length == 1 ? last : last - Long.parseLong(lastAndMore[1], Position.RADIX);
      gaps.addFirst(new Ids.Range(first, last));
      above = first;
    }
    return new Ids(List.copyOf(gaps));
  }
}
