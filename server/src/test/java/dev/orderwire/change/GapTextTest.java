package dev.orderwire.change;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GapTextTest {
  private static final long HIGHEST = Long.MAX_VALUE;

  private static Ids gaps(long... firstAndLast) {
    Ids.Builder gaps = new Ids.Builder();
    for (int i = 0; i < firstAndLast.length; i += 2) {
      gaps.add(firstAndLast[i], firstAndLast[i + 1]);
    }
    return gaps.build();
  }

  private static String encoded(String kind, String hex) {
    return kind
        + Base64.getUrlEncoder().withoutPadding().encodeToString(HexFormat.of().parseHex(hex));
  }

  @Test
  void eachEncodingIsAsDescribed() {
    // 100-98 without more; 98-60 with more, of 3-2; 58-1 without more.
    assertThat(GapText.of(gaps(1, 1, 58, 60, 98, 98), 100)).isEqualTo(encoded("d", "044d0172"));
    // 1000-100: 1800 is 0x08 in the lowest seven bits and 14 above.
    assertThat(GapText.of(gaps(100, 100), 1_000)).isEqualTo(encoded("d", "880e"));
    // 9, 7, 5 and 1 of the head 10.
    assertThat(GapText.of(gaps(1, 1, 5, 5, 7, 7, 9, 9), 10)).isEqualTo(encoded("b", "1501"));
  }

  @Test
  void anySetOfGapsIsReadBack() {
    Random random = new Random(1);
    int bitmaps = 0;
    for (int round = 0; round < 20_000; round++) {
      long wide = 1L << (1 + random.nextInt(62));
      long head = random.nextBoolean() ? wide : HIGHEST - random.nextInt(2);
      Ids.Builder builder = new Ids.Builder();
      long next = random.nextBoolean() ? 1 : head - wide + 1;
      while (next < head && random.nextInt(30) > 0) {
        long last = next + random.nextLong(1 + Math.min(head - 1 - next, 1L << random.nextInt(63)));
        builder.add(next, last);
        long step = 1L << random.nextInt(random.nextBoolean() ? 3 : 62);
        next = last < head - 1 - step ? last + 1 + step : head;
      }
      Ids gaps = builder.build();
      if (gaps.isEmpty()) {
        continue;
      }
      int room = 100;
      int kept = GapText.fitting(gaps, head, room);
      if (kept == gaps.ranges().size()) {
        String text = GapText.of(gaps, head);
        assertThat(text.length()).isLessThanOrEqualTo(room);
        assertThat(GapText.parse(text, head)).isEqualTo(gaps);
        bitmaps += text.startsWith("b") ? 1 : 0;
      }
    }
    assertThat(bitmaps).isBetween(500, 15_000);
  }

  /** Their bitmap would have 2^60 bytes. */
  @Test
  void gapsFarApartTakeAFewBytes() {
    for (Ids gaps :
        List.of(
            gaps(1, 1),
            gaps(1, HIGHEST - 1),
            gaps(1, 1, HIGHEST - 1, HIGHEST - 1),
            gaps(1, 1, 3, HIGHEST - 1),
            gaps(2, 3, HIGHEST / 2, HIGHEST - 2))) {
      String text = GapText.of(gaps, HIGHEST);
      assertThat(text.length()).isLessThan(60);
      assertThat(GapText.fitting(gaps, HIGHEST, 60)).isEqualTo(gaps.ranges().size());
      assertThat(GapText.parse(text, HIGHEST)).isEqualTo(gaps);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "d, ''", // no byte
    "d, 00", // a distance of 0
    "d, 01", // 0, and no size
    "d, 82", // ends in a number
    "d, 0202", // touches the range above
    "d, 0203", // touches it, and ends in a number
    "d, 03", // a size is missing
    "d, 8200", // not the shortest number
    "d, 038000", // not the shortest size
    "d, c801", // reaches 0
    "d, ca01", // below 0
    "d, 0362", // a range down to 0
    "d, 03ffffffffffffffffff01", // a size of 2^64 + 1
    "d, feffffffffffffffff01", // a distance of 2^63 - 1
    "d, ffffffffffffffffff01", // and no size
    "d, feffffffffffffffff02", // more than 64 bits
    "d, feffffffffffffffffff01",
    "d, 8080808080808080808080808001",
    "b, ''",
    "b, 00", // no gap
    "b, 0100", // a byte too many
    "b, 00000000000000000000000008", // reaches 0
    "b, 000000000000000000000000ff",
    "b, 0000000000000000000000000001" // below 0
  })
  void bytesThatStandForNoGapsBelowTheHeadAreRefused(String kind, String hex) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> GapText.parse(encoded(kind, hex), 100))
        .withMessageMatching(".{1,100}");
  }

  @Test
  void theLowestIdMayBeAGap() {
    assertThat(GapText.parse(encoded("d", "c601"), 100)).isEqualTo(gaps(1, 1));
    assertThat(GapText.parse(encoded("d", "0361"), 100)).isEqualTo(gaps(1, 99));
    assertThat(GapText.parse(encoded("b", "00000000000000000000000004"), 100))
        .isEqualTo(gaps(1, 1));
  }

  @ParameterizedTest
  @CsvSource({
    "dAh", // the bits after the last byte are not zero
    "dAg==", // padding
    "dA", // half a byte
    "dAg.", // no base64url
    "d+A", // base64
    "cAg", // another encoding
    "DAg", "d", "b"
  })
  void aTextOfOtherCharactersIsRefused(String text) {
    assertThatIllegalArgumentException().isThrownBy(() -> GapText.parse(text, 100));
  }

  @Test
  void otherTextsOfTheSameGapsAreRefused() {
    Random random = new Random(2);
    int read = 0;
    for (int round = 0; round < 100_000; round++) {
      byte[] bytes = new byte[1 + random.nextInt(6)];
      random.nextBytes(bytes);
      String text =
          (random.nextBoolean() ? "d" : "b")
              + Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
      long head = 1L << random.nextInt(63);
      Ids gaps;
      try {
        gaps = GapText.parse(text, head);
      } catch (IllegalArgumentException e) {
        continue;
      }
      read++;
      String shortest = GapText.of(gaps, head);
      if (shortest.charAt(0) == text.charAt(0)) {
        assertThat(shortest).isEqualTo(text);
      } else {
        assertThat(shortest.length()).isLessThanOrEqualTo(text.length());
      }
    }
    assertThat(read).isBetween(10_000, 90_000);
  }
}
