package dev.orderwire.tail;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.function.LongSupplier;
import org.junit.jupiter.api.Test;

class ReadPacerTest {
  private static final long MILLISECOND = 1_000_000;
  private static final long READ = MILLISECOND / 5;

  private final ReadPacer pause = new ReadPacer();

  /** The clock's beginning means nothing, and it may run over. */
  private long now = Long.MAX_VALUE - 7_000 * MILLISECOND;

  private void read(boolean news, boolean rung) {
    pause.after(now, now + READ, news, rung);
    now += READ;
  }

  /** Reads without news, and how many reads it took. */
  private int readFor(long milliseconds, boolean rung, LongSupplier rest) {
    int reads = 0;
    for (long end = now + milliseconds * MILLISECOND; now - end < 0; reads++) {
      now += rest.getAsLong();
      read(false, rung);
    }
    return reads;
  }

  @Test
  void withoutABellTheRestsGrowWhileNothingComes() {
    read(true, false);
    assertThat(pause.byTheClock()).isEqualTo(2 * MILLISECOND);
    readFor(510, false, pause::byTheClock);
    assertThat(pause.byTheClock()).isEqualTo(5 * MILLISECOND);
    readFor(4_500, false, pause::byTheClock);
    assertThat(pause.byTheClock()).isEqualTo(20 * MILLISECOND);
    read(true, false);
    assertThat(pause.byTheClock()).isEqualTo(2 * MILLISECOND);
  }

  @Test
  void aSlowReadIsFollowedByARestAsLongButNoLongerThanATenthOfASecond() {
    pause.after(now, now + 50 * MILLISECOND, true, true);
    assertThat(pause.byTheClock()).isEqualTo(50 * MILLISECOND);
    assertThat(pause.rung()).isEqualTo(50 * MILLISECOND);
    assertThat(pause.unrung()).isEqualTo(50 * MILLISECOND);
    pause.after(now, now + 500 * MILLISECOND, true, true);
    assertThat(pause.rung()).isEqualTo(100 * MILLISECOND);
  }

  @Test
  void afterARingThatHasBroughtNothingYetReadsFollowAtGrowingDistances() {
    readFor(20_000, false, pause::unrung);
    read(false, true);
    assertThat(pause.unrung()).as("what rang should be there by now").isZero();
    read(false, false);
    assertThat(pause.unrung()).isEqualTo(READ);
    int reads = readFor(1_000, false, pause::unrung);
    assertThat(reads).isBetween(9, 13);
    assertThat(readFor(10_000, false, pause::unrung)).isBetween(9, 12);
    assertThat(pause.unrung()).isEqualTo(1_000 * MILLISECOND);
  }

  @Test
  void afterARingThatHasBroughtSomethingFewerFollow() {
    readFor(20_000, false, pause::unrung);
    read(true, true);
    assertThat(pause.unrung()).isEqualTo(2 * MILLISECOND);
    assertThat(readFor(1_000, false, pause::unrung)).isBetween(2, 4);
    read(false, true);
    assertThat(pause.unrung()).as("the next ring has brought nothing yet").isZero();
  }

  @Test
  void aSlowReadIsNotRepeatedAtOnceHoweverEarlyItCame() {
    readFor(20_000, false, pause::unrung);
    pause.after(now, now + 6 * MILLISECOND, false, true);
    assertThat(pause.unrung()).isEqualTo(6 * MILLISECOND);
  }

  @Test
  void whatComesWithoutARingIsFollowedClosely() {
    readFor(20_000, false, pause::unrung);
    read(true, false);
    assertThat(pause.unrung()).isEqualTo(2 * MILLISECOND);
  }

  @Test
  void aRingAfterSilenceIsAnsweredAtOnceAlsoWhereItIsFutileAtFirst() {
    readFor(20_000, false, pause::unrung);
    for (int i = 0; i < 5; i++) {
      read(false, true);
      assertThat(pause.rung()).isEqualTo(READ);
      now += pause.rung();
    }
  }

  @Test
  void ringsOfWhatNobodyWatchesBringNoMoreReadsThanTheClock() {
    ReadPacer clock = new ReadPacer();
    long start = now;
    read(true, true);
    int rung = readFor(20_000, true, pause::rung);

    now = start;
    clock.after(now, now + READ, true, false);
    now += READ;
    int polled = 0;
    for (long end = now + 20_000 * MILLISECOND; now - end < 0; polled++) {
      now += clock.byTheClock();
      clock.after(now, now + READ, false, false);
      now += READ;
    }
    assertThat(rung).isLessThan(polled + 20).isGreaterThan(polled / 2);
  }

  @Test
  void whileChangesFlowRingsAreAnsweredAtOnce() {
    for (int i = 0; i < 1_000; i++) {
      read(i % 10 == 0, true);
      assertThat(pause.rung()).isBetween(READ, 2 * MILLISECOND);
      now += pause.rung();
    }
  }
}
