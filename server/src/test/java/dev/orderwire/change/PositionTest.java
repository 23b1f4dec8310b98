package dev.orderwire.change;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PositionTest {
  private static final int HIGHEST = 24;

  @Test
  void aPositionIsTheSetOfTheIdsThatWereSeen() {
    Random random = new Random(1);
    for (int round = 0; round < 5_000; round++) {
      Set<Long> seen = someIds(random);
      Position position = positionOf(seen);
      for (long id = 1; id <= HIGHEST + 2; id++) {
        assertThat(position.covers(id))
            .as("%s covers %s", position, id)
            .isEqualTo(seen.contains(id));
      }
      assertThat(position.head()).isEqualTo(seen.stream().mapToLong(id -> id).max().orElse(0));
    }
  }

  @Test
  void idsSeenLaterAreAdded() {
    Random random = new Random(2);
    for (int round = 0; round < 5_000; round++) {
      Set<Long> seen = someIds(random);
      Set<Long> more = someIds(random);
      Set<Long> both = new TreeSet<>(seen);
      both.addAll(more);
      assertThat(positionOf(seen).with(idsOf(more))).isEqualTo(positionOf(both));
      assertThat(positionOf(seen).and(positionOf(more))).isEqualTo(positionOf(both));
    }
  }

  @Test
  void sinceIsTheDifferenceBetweenPositions() {
    Random random = new Random(3);
    int coversAll = 0;
    for (int round = 0; round < 5_000; round++) {
      Set<Long> here = someIds(random);
      Set<Long> there = someIds(random);
      if (random.nextBoolean()) {
        here.addAll(there);
      }
      Set<Long> onlyHere = new TreeSet<>(here);
      onlyHere.removeAll(there);
      Position position = positionOf(here);
      Position other = positionOf(there);

      assertThat(position.since(other)).isEqualTo(idsOf(onlyHere));
      assertThat(position.coversAllOf(other)).isEqualTo(here.containsAll(there));
      assertThat(other.with(position.since(other)).coversAllOf(position)).isTrue();
      coversAll += position.coversAllOf(other) ? 1 : 0;
    }
    assertThat(coversAll).isBetween(2_500, 4_500);
  }

  @Test
  void aDeadGapCountsAsSeen() {
    Position position = positionOf(Set.of(2L, 5L, 6L, 9L));
    assertThat(position.withoutGaps(Ids.of(3, 8)))
        .isEqualTo(positionOf(Set.of(2L, 3L, 5L, 6L, 8L, 9L)));
    assertThat(position.withoutGaps(Ids.NONE)).isSameAs(position);
  }

  @Test
  void positionsOfDifferentEpochsHaveNothingInCommon() {
    Position one = new Position("a", 5, Ids.NONE);
    Position other = new Position("b", 3, Ids.NONE);
    assertThat(one.coversAllOf(other)).isFalse();
    assertThatIllegalArgumentException().isThrownBy(() -> one.since(other));
    assertThatIllegalArgumentException().isThrownBy(() -> one.and(other));
  }

  @Test
  void theHighestPossibleHeadWorksLikeAnyOther() {
    Position last = new Position("e", Long.MAX_VALUE, Ids.of(7));
    Position early = new Position("e", 9, Ids.of(4));
    assertThat(early.since(last)).isEqualTo(Ids.of(7));
    assertThat(last.since(early).ranges())
        .containsExactly(new Ids.Range(4, 4), new Ids.Range(10, Long.MAX_VALUE));
    assertThat(last.coversAllOf(early)).isFalse();
    assertThat(early.coversAllOf(last)).isFalse();
    assertThat(last.with(Ids.of(7, Long.MAX_VALUE))).isEqualTo(Position.parse("e-1y2p0ij32e8e7"));
    assertThat(early.with(Ids.of(Long.MAX_VALUE)).gaps().size()).isEqualTo(Long.MAX_VALUE - 9);
  }

  @Test
  void parsingTheTextOfAPositionGivesThePosition() {
    Random random = new Random(4);
    for (int round = 0; round < 5_000; round++) {
      Position position = positionOf(someIds(random));
      assertThat(Position.parse(position.toString())).isEqualTo(position);
    }
  }

  /** Clients keep these texts while the server is updated. */
  @Test
  void theTextOfAPositionIsStableAcrossVersions() {
    assertThat(new Position("k3x", 0, Ids.NONE)).hasToString("k3x-0");
    assertThat(new Position("k3x", 40, Ids.NONE)).hasToString("k3x-14");
    assertThat(new Position("k3x", 100, Ids.of(98, 60, 59, 58, 1))).hasToString("k3x-2s.dBE0Bcg");
    long[] everyOther = LongStream.rangeClosed(1, 30).map(i -> 2 * i).toArray();
    assertThat(new Position("k3x", 61, Ids.of(everyOther))).hasToString("k3x-1p.bVVVVVVVVVQU");
  }

  /** Texts of older versions have the gaps in base 36, each counted down from the one above it. */
  @Test
  void theTextOfAnOlderVersionIsRead() {
    assertThat(Position.parse("k3x-2s-2.12_2.1l"))
        .isEqualTo(new Position("k3x", 100, Ids.of(98, 60, 59, 58, 1)));
    assertThat(Position.parse("k3x-2s-2~")).isEqualTo(new Position("k3x", 100, Ids.of(98)));
    Random random = new Random(9);
    for (int round = 0; round < 2_000; round++) {
      Position position = positionOf(someIds(random));
      assertThat(Position.parse(olderText(position))).isEqualTo(position);
    }
  }

  @Test
  void aPositionOfHundredsOfGapsIsWhole() {
    Random random = new Random(10);
    long[] scattered = random.longs(200, 1, 1_000_000).distinct().toArray();
    Position position = new Position("sxhsqq6bqp", 1_000_000, Ids.of(scattered));
    assertThat(position.toString().length()).isLessThan(700);
    assertThat(Position.parse(position.toString())).isEqualTo(position);
  }

  /** The numbers of docs/concepts.md. */
  @Test
  void soManyGapsFit() {
    assertThat(mostGapsOfDistance(63)).isEqualTo(1_480);
    assertThat(mostGapsOfDistance(8_191)).isEqualTo(740);
    assertThat(mostGapsOfDistance(2)).isEqualTo(5_940);
  }

  /** In tens, for an epoch of ten characters. */
  private static int mostGapsOfDistance(int distance) {
    int gaps = 0;
    String text = "";
    while (!Position.isAbridged(text)) {
      gaps += 10;
      long[] ids = LongStream.rangeClosed(1, gaps).map(i -> i * distance).toArray();
      text = new Position("sxhsqq6bqp", gaps * (long) distance + 1, Ids.of(ids)).toString();
    }
    return gaps - 10;
  }

  @Test
  void aTextIsNeverTooLongAndKeepsAsManyGapsAsFit() {
    Random random = new Random(5);
    int whole = 0;
    for (int round = 0; round < 2_000; round++) {
      Position position = somePosition(random);
      String text = position.toString();
      Position read = Position.parse(text);

      assertThat(text.length()).isLessThanOrEqualTo(Position.LONGEST_TEXT);
      assertThat(position.coversAllOf(read)).isTrue();
      assertThat(read.gaps()).isEqualTo(position.gaps().in(upTo(read.head())));
      assertThat(Position.isAbridged(text)).isEqualTo(!read.equals(position));
      if (read.equals(position)) {
        whole++;
      } else {
        Ids.Range next = position.gaps().ranges().get(read.gaps().ranges().size());
        assertThat(read.head()).isEqualTo(next.first() - 1);
        Position more = withOneGapMore(position, read);
        // The mark of an abridged text takes a character, and the head counts as long as it was.
        assertThat(distancesLength(more)).isGreaterThan(Position.LONGEST_TEXT - 14);
        assertThat(bitmapLength(more)).isGreaterThan(Position.LONGEST_TEXT - 14);
      }
    }
    assertThat(whole).isBetween(200, 1_800);
  }

  /**
   * A client that applies a replay, in the order of the ids, to what it has ends with the same rows
   * as the table. A replay without some of the later changes would bring old rows back.
   */
  @Test
  void aReplayAfterAnAbridgedTextEndsInTheRightRows() {
    Random random = new Random(8);
    int shortened = 0;
    for (int round = 0; round < 500; round++) {
      int newest = 2 + random.nextInt(30_000);
      int rows = 1 + random.nextInt(1_500);
      int[] rowOf = random.ints(newest + 1, 0, rows).toArray();
      // A row that an open transaction changed is locked, so its later changes are not visible
      // either.
      int[] lockedFrom = random.ints(rows, newest / 2, newest + 1).toArray();
      long[] visible =
          LongStream.rangeClosed(1, newest)
              .filter(id -> id < lockedFrom[rowOf[(int) id]])
              .toArray();
      Position seen = new Position("e", 0, Ids.NONE).with(Ids.of(visible));
      Position told = Position.parse(seen.toString());
      shortened += told.equals(seen) ? 0 : 1;

      long[] client = new long[rows];
      apply(seen, Position.parse("e-0"), rowOf, client);
      apply(new Position("e", newest, Ids.NONE), told, rowOf, client);
      long[] table = new long[rows];
      apply(new Position("e", newest, Ids.NONE), Position.parse("e-0"), rowOf, table);
      assertThat(client).isEqualTo(table);
    }
    assertThat(shortened).as("shortened").isBetween(50, 450);
  }

  /** Each row shows the newest change that was applied to it. */
  private static void apply(Position to, Position from, int[] rowOf, long[] rows) {
    for (Ids.Range range : to.since(from).ranges()) {
      for (long id = range.first(); id <= range.last(); id++) {
        rows[rowOf[(int) id]] = id;
      }
    }
  }

  @Test
  void anImpossiblePositionIsRefused() {
    assertThatIllegalArgumentException().isThrownBy(() -> new Position("", 1, Ids.NONE));
    assertThatIllegalArgumentException().isThrownBy(() -> new Position("A", 1, Ids.NONE));
    assertThatIllegalArgumentException().isThrownBy(() -> new Position("a\n", 1, Ids.NONE));
    assertThatIllegalArgumentException().isThrownBy(() -> new Position("a", -1, Ids.NONE));
    assertThatIllegalArgumentException().isThrownBy(() -> new Position("a", 5, Ids.of(5)));
    assertThatIllegalArgumentException().isThrownBy(() -> new Position("a", 5, Ids.of(9)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "-",
        "e",
        "e-",
        "-1",
        "e-1-",
        "e--1",
        "e-1 ",
        " e-1",
        "e-1\n",
        "E-1",
        "e-1-1-1",
        "e-é",
        "e-\u0661", // ARABIC-INDIC DIGIT ONE
        "e-+5",
        "e-1y2p0ij32e8e8", // one above the highest
        "e-zzzzzzzzzzzzz",
        "e-00000000000001", // 14 digits
        "e-5-0", // a gap at the head
        "e-5-5", // at 0
        "e-5-6", // below 0
        "e-5-1_4", // reaches below 1
        "e-5-1.1", // two gaps that touch
        "e-9-2.0",
        "e-9-2_1_1",
        "e-9-2..2",
        "e-9-_2",
        "e-9-2_",
        "e-9-1y2p0ij32e8e7.1y2p0ij32e8e7.5", // overflows, and comes back
        "e-1y2p0ij32e8e7-1_1y2p0ij32e8e7.1y2p0ij32e8e7"
      })
  void aTextThatIsNoPositionIsRefused(String text) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Position.parse(text))
        .withMessageContaining("not a position");
  }

  @Test
  void aVeryLongTextIsRefused() {
    for (String start : List.of("", "e-z-", "e-1y2p0ij32e8e7.d", "e-1y2p0ij32e8e7.b")) {
      for (String part : List.of("1", "1.", "1_", "1_1.", "zz-", "Ag", "gA", "AQ")) {
        String hostile = start + part.repeat(2_000_000);
        assertThatIllegalArgumentException().isThrownBy(() -> Position.parse(hostile));
      }
    }
  }

  @Test
  void randomTextsAreAPositionOrRefused() {
    Random random = new Random(6);
    String alphabet = "09az-._-._ABCDEFGHdb \u0000";
    List<String> starts = List.of("e-z", "e-zz.d", "e-zzzz.b", "e-1y2p0ij32e8e7.d");
    int positions = 0;
    for (int round = 0; round < 50_000; round++) {
      StringBuilder text = new StringBuilder(starts.get(round % starts.size()));
      random
          .ints(random.nextInt(20), 0, alphabet.length())
          .forEach(i -> text.append(alphabet.charAt(i)));
      try {
        Position read = Position.parse(text.toString());
        assertThat(Position.parse(read.toString())).isEqualTo(read);
        positions++;
      } catch (IllegalArgumentException e) {
        assertThat(e).hasMessageContaining("not a position");
      }
    }
    assertThat(positions).isBetween(1_000, 40_000);
  }

  /** With few or many gaps, near 0 or near the highest id, close together or far apart. */
  private static Position somePosition(Random random) {
    long wide = 1L << (7 + random.nextInt(56));
    long first = random.nextBoolean() ? 1 : Long.MAX_VALUE - wide;
    long[] seen = random.longs(random.nextInt(3_000), first, first + wide).toArray();
    String epoch = "z".repeat(1 + random.nextInt(32));
    return new Position(epoch, 0, Ids.NONE).with(Ids.of(seen));
  }

  private static Ids upTo(long last) {
    return last < 1 ? Ids.NONE : new Ids(List.of(new Ids.Range(1, last)));
  }

  /** Like {@code cut}, with one more gap of {@code position}. */
  private static Position withOneGapMore(Position position, Position cut) {
    List<Ids.Range> gaps = position.gaps().ranges();
    int kept = cut.gaps().ranges().size() + 1;
    long head = kept == gaps.size() ? position.head() : gaps.get(kept).first() - 1;
    return new Position(position.epoch(), head, new Ids(gaps.subList(0, kept)));
  }

  /** The length of the text with distances by its definition, without a limit. */
  private static double distancesLength(Position position) {
    double bytes = 0;
    long above = position.head();
    for (Ids.Range gap : position.gaps().ranges().reversed()) {
      bytes += sevenBits(1 + bits(above - gap.last()));
      bytes += gap.size() == 1 ? 0 : sevenBits(bits(gap.size() - 2));
      above = gap.first();
    }
    return beforeGaps(position) + Math.ceil(bytes * 4 / 3);
  }

  private static int bits(long number) {
    return Long.toBinaryString(number).length();
  }

  private static double sevenBits(int bits) {
    return Math.ceil(bits / 7.0);
  }

  /** The length of the text with a bitmap by its definition, without a limit. */
  private static double bitmapLength(Position position) {
    long ids = position.head() - position.gaps().ranges().getFirst().first();
    return beforeGaps(position) + Math.ceil(Math.ceil(ids / 8.0) * 4 / 3);
  }

  private static int beforeGaps(Position position) {
    return new Position(position.epoch(), position.head(), Ids.NONE).toString().length() + 2;
  }

  /** The text of a position in versions before the encoding of {@link GapText}. */
  private static String olderText(Position position) {
    StringBuilder text = new StringBuilder(position.epoch());
    text.append('-').append(Long.toString(position.head(), 36));
    char separator = '-';
    long above = position.head();
    for (Ids.Range gap : position.gaps().ranges().reversed()) {
      text.append(separator).append(Long.toString(above - gap.last(), 36));
      text.append(gap.size() == 1 ? "" : "_" + Long.toString(gap.size() - 1, 36));
      above = gap.first();
      separator = '.';
    }
    return text.toString();
  }

  private static Set<Long> someIds(Random random) {
    Set<Long> ids = new TreeSet<>();
    int count = random.nextInt(HIGHEST);
    for (int i = 0; i < count; i++) {
      ids.add(1L + random.nextInt(HIGHEST));
    }
    return ids;
  }

  private static Ids idsOf(Set<Long> ids) {
    return Ids.of(ids.stream().mapToLong(Long::longValue).toArray());
  }

  /** By the definition of a position, without the methods under test. */
  private static Position positionOf(Set<Long> seen) {
    long head = seen.stream().mapToLong(Long::longValue).max().orElse(0);
    long[] gaps = LongStream.range(1, head).filter(id -> !seen.contains(id)).toArray();
    return new Position("e", head, Ids.of(gaps));
  }
}
