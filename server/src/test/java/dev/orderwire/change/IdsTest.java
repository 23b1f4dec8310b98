package dev.orderwire.change;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.orderwire.change.Ids.Range;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IdsTest {
  private static final long MAX = Long.MAX_VALUE;

  /** Random sets begin at {@code first}; the highest ones include the last possible id. */
  @ParameterizedTest
  @ValueSource(longs = {1, 1_000_000_000_000L, MAX - 40})
  void aSetOfIdsBehavesLikeAPlainSet(long first) {
    Random random = new Random(first);
    for (int round = 0; round < 2_000; round++) {
      Set<Long> left = someNumbers(random, first);
      Set<Long> right = someNumbers(random, first);
      Set<Long> difference = new TreeSet<>(left);
      difference.removeAll(right);

      assertThat(numbers(idsOf(left))).isEqualTo(left);
      assertThat(idsOf(left).size()).isEqualTo(left.size());
      assertThat(idsOf(left).isEmpty()).isEqualTo(left.isEmpty());
      assertThat(idsOf(left).without(idsOf(right))).isEqualTo(idsOf(difference));
      Set<Long> both = new TreeSet<>(left);
      both.retainAll(right);
      assertThat(idsOf(left).in(idsOf(right))).isEqualTo(idsOf(both));
      Set<Long> either = new TreeSet<>(left);
      either.addAll(right);
      assertThat(idsOf(left).and(idsOf(right))).isEqualTo(idsOf(either));
      for (long id = first; id >= first && id <= first + 40; id++) {
        assertThat(idsOf(left).contains(id)).isEqualTo(left.contains(id));
      }
    }
  }

  @Test
  void joinedRangesLoseNothingAndAddTheLeast() {
    Random random = new Random(7);
    for (int round = 0; round < 2_000; round++) {
      Ids ids = idsOf(someNumbers(random, 1));
      for (int most = 1; most <= 6; most++) {
        Ids joined = ids.joinedTo(most);
        assertThat(joined.ranges()).hasSize(Math.min(most, ids.ranges().size()));
        assertThat(ids.without(joined)).isEqualTo(Ids.NONE);
        assertThat(joined.size() - ids.size()).isEqualTo(idsBetweenTheClosest(ids, most));
      }
    }
  }

  /** How many ids lie between ranges, except in the {@code most - 1} longest distances. */
  private static long idsBetweenTheClosest(Ids ids, int most) {
    List<Range> ranges = ids.ranges();
    long[] between =
        LongStream.range(1, ranges.size())
            .map(i -> ranges.get((int) i).first() - ranges.get((int) i - 1).last() - 1)
            .sorted()
            .toArray();
    return LongStream.of(between).limit(Math.max(0, between.length - (most - 1))).sum();
  }

  @Test
  void theWidestSetIsJoinedWithoutOverflow() {
    Ids ends = Ids.of(1, 3, MAX);
    assertThat(ends.joinedTo(2).ranges()).containsExactly(new Range(1, 3), new Range(MAX, MAX));
    assertThat(ends.joinedTo(1).ranges()).containsExactly(new Range(1, MAX));
    assertThat(ends.joinedTo(1).size()).isEqualTo(MAX);
    assertThatIllegalArgumentException().isThrownBy(() -> ends.joinedTo(0));
  }

  @Test
  void removingIdsUpToTheHighestLeavesTheLowerOnes() {
    Ids all = new Ids(List.of(new Range(1, MAX)));
    assertThat(all.without(new Ids(List.of(new Range(5, MAX)))).ranges())
        .containsExactly(new Range(1, 4));
    assertThat(new Ids(List.of(new Range(5, 9))).without(all)).isEqualTo(Ids.NONE);
  }

  @Test
  void orderAndRepetitionMakeNoDifference() {
    assertThat(Ids.of(9, 4, 5, 4, 9).ranges()).containsExactly(new Range(4, 5), new Range(9, 9));
    assertThat(Ids.of()).isSameAs(Ids.NONE);
  }

  @Test
  void rangesMustRiseAndMustNotTouch() {
    assertThatIllegalArgumentException().isThrownBy(() -> new Range(4, 3));
    assertThatIllegalArgumentException().isThrownBy(() -> new Range(0, 3));
    assertThatIllegalArgumentException().isThrownBy(() -> Ids.of(-1));
    assertThatIllegalArgumentException().isThrownBy(() -> ids(new Range(1, 3), new Range(4, 5)));
    assertThatIllegalArgumentException().isThrownBy(() -> ids(new Range(1, 3), new Range(2, 5)));
    assertThatIllegalArgumentException().isThrownBy(() -> ids(new Range(8, 9), new Range(1, 2)));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ids(new Range(MAX, MAX), new Range(1, 1)));
  }

  @Test
  void aBuilderTakesRisingIdsAndJoinsTouchingRanges() {
    Ids.Builder builder = new Ids.Builder().add(1, 2).add(3, 3).add(9, 8).add(MAX, MAX);
    assertThat(builder.build().ranges()).containsExactly(new Range(1, 3), new Range(MAX, MAX));
    assertThatIllegalArgumentException().isThrownBy(() -> builder.add(MAX, MAX));
    assertThatIllegalArgumentException().isThrownBy(() -> builder.add(2, 2));
  }

  private static Ids ids(Range... ranges) {
    return new Ids(List.of(ranges));
  }

  private static Set<Long> someNumbers(Random random, long first) {
    Set<Long> numbers = new TreeSet<>();
    int count = random.nextInt(30);
    for (int i = 0; i < count; i++) {
      numbers.add(first + random.nextInt(41));
    }
    return numbers;
  }

  private static Ids idsOf(Set<Long> numbers) {
    return Ids.of(numbers.stream().mapToLong(Long::longValue).toArray());
  }

  private static Set<Long> numbers(Ids ids) {
    Set<Long> numbers = new TreeSet<>();
    for (Range range : ids.ranges()) {
      for (long i = 0; i < range.size(); i++) {
        numbers.add(range.first() + i);
      }
    }
    return numbers;
  }
}
