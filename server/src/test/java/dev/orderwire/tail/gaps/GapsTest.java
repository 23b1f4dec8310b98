package dev.orderwire.tail.gaps;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orderwire.change.Ids;
import java.util.Set;
import org.junit.jupiter.api.Test;

class GapsTest {
  private static final OpenWriters NONE = new OpenWriters(Set.of(), Set.of());

  private final Gaps gaps = new Gaps();

  @Test
  void aGapWithoutWritersIsDeadIfItsRowIsMissing() {
    assertThat(gaps.observe(Ids.of(5), NONE)).isEqualTo(Ids.of(5));
    assertThat(gaps.takeDead(Ids.of(5))).isEqualTo(Ids.NONE);

    gaps.resolve(Ids.NONE);
    assertThat(gaps.takeDead(Ids.of(5))).isEqualTo(Ids.of(5));
    assertThat(gaps.takeDead(Ids.of(5))).isEqualTo(Ids.NONE);
  }

  @Test
  void aGapThatTheNextReadFillsIsNotDead() {
    gaps.observe(Ids.of(5, 6), NONE);
    gaps.resolve(Ids.NONE);

    assertThat(gaps.takeDead(Ids.of(6))).isEqualTo(Ids.of(6));
  }

  @Test
  void aGapWaitsForAllStatementsThatRanWhenItWasFirstSeen() {
    assertThat(gaps.observe(Ids.of(5), running("a", "b"))).isEqualTo(Ids.NONE);
    assertThat(gaps.observe(Ids.of(5), running("b"))).isEqualTo(Ids.NONE);
    assertThat(gaps.observe(Ids.of(5), running())).isEqualTo(Ids.of(5));
  }

  @Test
  void aStatementThatBeganAfterTheGapDoesNotKeepIt() {
    gaps.observe(Ids.of(5), running("a"));

    assertThat(gaps.observe(Ids.of(5, 8), running("b"))).isEqualTo(Ids.of(5));
    gaps.resolve(Ids.NONE);
    assertThat(gaps.takeDead(Ids.of(5, 8))).isEqualTo(Ids.of(5));
    assertThat(gaps.observe(Ids.of(8), running())).isEqualTo(Ids.of(8));
  }

  @Test
  void aStatementThatReappearsIsAnotherOne() {
    gaps.observe(Ids.of(5), running("a", "b"));
    gaps.observe(Ids.of(5), running("b"));

    assertThat(gaps.observe(Ids.of(5), running("a"))).isEqualTo(Ids.of(5));
  }

  @Test
  void anIdleTransactionKeepsOnlyGapsThatHaveARow() {
    assertThat(gaps.observe(Ids.of(5, 9), open("t"))).isEqualTo(Ids.of(5, 9));
    gaps.resolve(Ids.of(5));

    assertThat(gaps.takeDead(Ids.of(5, 9))).isEqualTo(Ids.of(9));
    assertThat(gaps.observe(Ids.of(5), open("t"))).isEqualTo(Ids.NONE);
    assertThat(gaps.takeDead(Ids.of(5))).isEqualTo(Ids.NONE);
  }

  @Test
  void aRowIsLookedUpAgainWhenOneOfTheTransactionsHasEnded() {
    gaps.observe(Ids.of(5), open("t", "u"));
    gaps.resolve(Ids.of(5));

    assertThat(gaps.observe(Ids.of(5), open("t", "u", "later"))).isEqualTo(Ids.NONE);
    assertThat(gaps.observe(Ids.of(5), open("t", "later"))).isEqualTo(Ids.of(5));
    gaps.resolve(Ids.of(5));
    assertThat(gaps.observe(Ids.of(5), open("t", "later"))).isEqualTo(Ids.NONE);
    assertThat(gaps.observe(Ids.of(5), open("t"))).isEqualTo(Ids.of(5));
    gaps.resolve(Ids.NONE);
    assertThat(gaps.takeDead(Ids.of(5))).isEqualTo(Ids.of(5));
  }

  /** As of an XA transaction after a crash: its row is there, and no writer is found. */
  @Test
  void aRowWithoutAWriterIsLookedUpEachTime() {
    for (int round = 0; round < 3; round++) {
      assertThat(gaps.observe(Ids.of(5), NONE)).isEqualTo(Ids.of(5));
      gaps.resolve(Ids.of(5));
      assertThat(gaps.takeDead(Ids.of(5))).isEqualTo(Ids.NONE);
    }
    gaps.observe(Ids.of(5), NONE);
    gaps.resolve(Ids.NONE);
    assertThat(gaps.takeDead(Ids.of(5))).isEqualTo(Ids.of(5));
  }

  @Test
  void aGapThatWasNotLookedUpIsReadyTheNextTime() {
    gaps.observe(Ids.of(5, 9), NONE);

    assertThat(gaps.observe(Ids.of(5), running("a"))).isEqualTo(Ids.of(5));
  }

  private static OpenWriters running(String... statements) {
    return new OpenWriters(Set.of(statements), Set.of(statements));
  }

  private static OpenWriters open(String... transactions) {
    return new OpenWriters(Set.of(transactions), Set.of());
  }
}
