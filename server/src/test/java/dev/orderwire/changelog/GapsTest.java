package dev.orderwire.changelog;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orderwire.change.Ids;
import dev.orderwire.changelog.LogWriters.Activity;
import dev.orderwire.changelog.LogWriters.Sighting;
import dev.orderwire.changelog.LogWriters.Writer;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class GapsTest {
  private static final Writer A = new Writer(1, 10, 100);
  private static final Writer B = new Writer(2, 20, 200);
  private static final Writer NEXT_OF_A = new Writer(1, 11, 100);

  private final Gaps gaps = new Gaps();

  @Test
  void aGapThatNobodyCanFillIsDeadAfterTheNextRead() {
    gaps.observe(Ids.of(5), busy());

    assertThat(gaps.dead(Ids.of(5))).isEqualTo(Ids.of(5));
  }

  @Test
  void aGapThatTheNextReadFillsIsNotDead() {
    gaps.observe(Ids.of(5, 6), busy());

    assertThat(gaps.dead(Ids.of(6))).isEqualTo(Ids.of(6));
  }

  @Test
  void aGapLivesAsLongAsOneOfItsWriters() {
    gaps.observe(Ids.of(5), busy(A, B));
    gaps.observe(Ids.of(5), busy(B));
    assertThat(gaps.dead(Ids.of(5))).isEqualTo(Ids.NONE);

    gaps.observe(Ids.of(5), busy());
    assertThat(gaps.dead(Ids.of(5))).isEqualTo(Ids.of(5));
  }

  @Test
  void theNextTransactionOfAConnectionIsAnotherWriter() {
    gaps.observe(Ids.of(5), busy(A));
    gaps.observe(Ids.of(5), busy(NEXT_OF_A));

    assertThat(gaps.dead(Ids.of(5))).isEqualTo(Ids.of(5));
  }

  @Test
  void aWriterThatCameAfterTheGapDoesNotKeepIt() {
    gaps.observe(Ids.of(5), busy(A));
    gaps.observe(Ids.of(5, 8), busy(B));

    assertThat(gaps.dead(Ids.of(5, 8))).isEqualTo(Ids.of(5));
    gaps.observe(Ids.of(8), busy());
    assertThat(gaps.dead(Ids.of(8))).isEqualTo(Ids.of(8));
  }

  @Test
  void nothingIsDeadBeforeItsWritersWereAskedFor() {
    gaps.observe(Ids.of(5), busy());

    assertThat(gaps.dead(Ids.of(5, 9))).isEqualTo(Ids.of(5));
    assertThat(gaps.dead(Ids.of(9))).isEqualTo(Ids.NONE);
  }

  @Test
  void aRestingWriterDoesNotKeepWhatWasHandedOutMeanwhile() {
    gaps.observe(Ids.of(5), resting(A, 7, 10));
    gaps.observe(Ids.of(5, 12), resting(A, 7, 20));

    assertThat(gaps.dead(Ids.of(5, 12))).isEqualTo(Ids.of(12));
  }

  @Test
  void aRestingWriterKeepsWhatMayHaveBeenHandedOutBefore() {
    gaps.observe(Ids.of(5), resting(A, 7, 10));
    gaps.observe(Ids.of(5, 9), resting(A, 7, 20));

    assertThat(gaps.dead(Ids.of(5, 9))).isEqualTo(Ids.NONE);
  }

  @Test
  void aWriterThatRanAStatementInBetweenKeepsWhatWasHandedOutMeanwhile() {
    gaps.observe(Ids.of(5), resting(A, 7, 10));
    gaps.observe(Ids.of(5, 12), resting(A, 8, 20));

    assertThat(gaps.dead(Ids.of(5, 12))).isEqualTo(Ids.NONE);
  }

  @Test
  void anotherWriterStillKeepsWhatTheRestingOneDoesNot() {
    gaps.observe(Ids.of(5), resting(A, 7, 10));
    Map<Writer, Activity> both = new HashMap<>(resting(A, 7, 20).writers());
    both.putAll(busy(B).writers());
    gaps.observe(Ids.of(5, 12), new Sighting(both, 20));
    assertThat(gaps.dead(Ids.of(5, 12))).isEqualTo(Ids.NONE);

    gaps.observe(Ids.of(5, 12), resting(A, 7, 30));
    assertThat(gaps.dead(Ids.of(5, 12))).isEqualTo(Ids.of(12));
  }

  private static Sighting busy(Writer... writers) {
    Map<Writer, Activity> busy = new HashMap<>();
    for (Writer writer : writers) {
      busy.put(writer, new Activity(1, false));
    }
    return new Sighting(busy, Long.MAX_VALUE);
  }

  private static Sighting resting(Writer writer, long statement, long nextId) {
    return new Sighting(Map.of(writer, new Activity(statement, true)), nextId);
  }
}
