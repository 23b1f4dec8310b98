package dev.orderwire.changelog;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orderwire.change.Ids;
import dev.orderwire.changelog.LogWriters.Writer;
import java.util.Set;
import org.junit.jupiter.api.Test;

class GapsTest {
  private static final Writer A = new Writer(1, 10, 100);
  private static final Writer B = new Writer(2, 20, 200);
  private static final Writer NEXT_OF_A = new Writer(1, 11, 100);

  private final Gaps gaps = new Gaps();

  @Test
  void aGapThatNobodyCanFillIsDeadAfterTheNextRead() {
    gaps.observe(Ids.of(5), Set.of());

    assertThat(gaps.dead(Ids.of(5))).isEqualTo(Ids.of(5));
  }

  @Test
  void aGapThatTheNextReadFillsIsNotDead() {
    gaps.observe(Ids.of(5, 6), Set.of());

    assertThat(gaps.dead(Ids.of(6))).isEqualTo(Ids.of(6));
  }

  @Test
  void aGapLivesAsLongAsOneOfItsWriters() {
    gaps.observe(Ids.of(5), Set.of(A, B));
    gaps.observe(Ids.of(5), Set.of(B));
    assertThat(gaps.dead(Ids.of(5))).isEqualTo(Ids.NONE);

    gaps.observe(Ids.of(5), Set.of());
    assertThat(gaps.dead(Ids.of(5))).isEqualTo(Ids.of(5));
  }

  @Test
  void theNextTransactionOfAConnectionIsAnotherWriter() {
    gaps.observe(Ids.of(5), Set.of(A));
    gaps.observe(Ids.of(5), Set.of(NEXT_OF_A));

    assertThat(gaps.dead(Ids.of(5))).isEqualTo(Ids.of(5));
  }

  @Test
  void aWriterThatCameAfterTheGapDoesNotKeepIt() {
    gaps.observe(Ids.of(5), Set.of(A));
    gaps.observe(Ids.of(5, 8), Set.of(B));

    assertThat(gaps.dead(Ids.of(5, 8))).isEqualTo(Ids.of(5));
    gaps.observe(Ids.of(8), Set.of());
    assertThat(gaps.dead(Ids.of(8))).isEqualTo(Ids.of(8));
  }

  @Test
  void nothingIsDeadBeforeItsWritersWereAskedFor() {
    gaps.observe(Ids.of(5), Set.of());

    assertThat(gaps.dead(Ids.of(5, 9))).isEqualTo(Ids.of(5));
    assertThat(gaps.dead(Ids.of(9))).isEqualTo(Ids.NONE);
  }
}
