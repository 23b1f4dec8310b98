package dev.orderwire.tail.gaps;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orderwire.change.Ids;
import java.util.Set;
import org.junit.jupiter.api.Test;

class GapsTest {
  private final Gaps gaps = new Gaps();

  @Test
  void aGapThatNobodyCanFillIsDeadOnceItsRowIsNotThere() {
    assertThat(gaps.observe(Ids.of(5), OpenWriters.NOBODY)).isEqualTo(Ids.of(5));
    assertThat(gaps.dead(Ids.of(5))).isEqualTo(Ids.NONE);

    gaps.found(Ids.NONE);
    assertThat(gaps.dead(Ids.of(5))).isEqualTo(Ids.of(5));
    assertThat(gaps.dead(Ids.of(5))).isEqualTo(Ids.NONE);
  }

  @Test
  void aGapThatTheNextReadFillsIsNotDead() {
    gaps.observe(Ids.of(5, 6), OpenWriters.NOBODY);
    gaps.found(Ids.NONE);

    assertThat(gaps.dead(Ids.of(6))).isEqualTo(Ids.of(6));
  }

  @Test
  void aGapWaitsForAllStatementsThatRanWhenItWasSeen() {
    assertThat(gaps.observe(Ids.of(5), running("a", "b"))).isEqualTo(Ids.NONE);
    assertThat(gaps.observe(Ids.of(5), running("b"))).isEqualTo(Ids.NONE);
    assertThat(gaps.observe(Ids.of(5), running())).isEqualTo(Ids.of(5));
  }

  @Test
  void aStatementThatBeganAfterTheGapDoesNotKeepIt() {
    gaps.observe(Ids.of(5), running("a"));

    assertThat(gaps.observe(Ids.of(5, 8), running("b"))).isEqualTo(Ids.of(5));
    gaps.found(Ids.NONE);
    assertThat(gaps.dead(Ids.of(5, 8))).isEqualTo(Ids.of(5));
    assertThat(gaps.observe(Ids.of(8), running())).isEqualTo(Ids.of(8));
  }

  @Test
  void aStatementThatIsSeenAgainAfterItWasNotIsAnother() {
    gaps.observe(Ids.of(5), running("a", "b"));
    gaps.observe(Ids.of(5), running("b"));

    assertThat(gaps.observe(Ids.of(5), running("a"))).isEqualTo(Ids.of(5));
  }

  @Test
  void aTransactionThatRestsKeepsWhatItHasARowOf() {
    assertThat(gaps.observe(Ids.of(5, 9), open("t"))).isEqualTo(Ids.of(5, 9));
    gaps.found(Ids.of(5));

    assertThat(gaps.dead(Ids.of(5, 9))).isEqualTo(Ids.of(9));
    assertThat(gaps.observe(Ids.of(5), open("t"))).isEqualTo(Ids.NONE);
    assertThat(gaps.dead(Ids.of(5))).isEqualTo(Ids.NONE);
  }

  @Test
  void aRowIsLookedForAgainWhenOneOfTheTransactionsHasEnded() {
    gaps.observe(Ids.of(5), open("t", "u"));
    gaps.found(Ids.of(5));

    assertThat(gaps.observe(Ids.of(5), open("t", "u", "later"))).isEqualTo(Ids.NONE);
    assertThat(gaps.observe(Ids.of(5), open("t", "later"))).isEqualTo(Ids.of(5));
    gaps.found(Ids.of(5));
    assertThat(gaps.observe(Ids.of(5), open("t", "later"))).isEqualTo(Ids.NONE);
    assertThat(gaps.observe(Ids.of(5), open("t"))).isEqualTo(Ids.of(5));
    gaps.found(Ids.NONE);
    assertThat(gaps.dead(Ids.of(5))).isEqualTo(Ids.of(5));
  }

  /** As that of an XA transaction after a crash is: its row is there, and nobody is seen. */
  @Test
  void aRowOfNobodyIsLookedForEachTime() {
    for (int round = 0; round < 3; round++) {
      assertThat(gaps.observe(Ids.of(5), OpenWriters.NOBODY)).isEqualTo(Ids.of(5));
      gaps.found(Ids.of(5));
      assertThat(gaps.dead(Ids.of(5))).isEqualTo(Ids.NONE);
    }
    gaps.observe(Ids.of(5), OpenWriters.NOBODY);
    gaps.found(Ids.NONE);
    assertThat(gaps.dead(Ids.of(5))).isEqualTo(Ids.of(5));
  }

  @Test
  void whatCouldNotBeLookedForIsLookedForTheNextTime() {
    gaps.observe(Ids.of(5, 9), OpenWriters.NOBODY);

    assertThat(gaps.observe(Ids.of(5), running("a"))).isEqualTo(Ids.of(5));
  }

  private static OpenWriters running(String... statements) {
    return new OpenWriters(Set.of(statements), Set.of(statements));
  }

  private static OpenWriters open(String... transactions) {
    return new OpenWriters(Set.of(transactions), Set.of());
  }
}
