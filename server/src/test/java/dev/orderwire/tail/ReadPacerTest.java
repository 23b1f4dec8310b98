package dev.orderwire.tail;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.function.LongSupplier;
import org.junit.jupiter.api.Test;

class ReadPacerTest {
  private static final long MILLISECOND = 1_000_000;
  private static final long READ = MILLISECOND / 5;

  private final ReadPacer pacer = new ReadPacer();

  /** As System.nanoTime may: it overflows during a test. */
  private long now = Long.MAX_VALUE - 7_000 * MILLISECOND;

  private void read(boolean found, boolean rang) {
    pacer.afterRead(now, now + READ, found, rang);
    now += READ;
  }

  /** Reads for so long without finding anything; returns the number of reads. */
  private int readFor(long milliseconds, boolean rang, LongSupplier wait) {
    int reads = 0;
    for (long end = now + milliseconds * MILLISECOND; now - end < 0; reads++) {
      now += wait.getAsLong();
      read(false, rang);
    }
    return reads;
  }

  @Test
  void pollingSlowsDownWhileNothingComes() {
    read(true, false);
    assertThat(pacer.pollWait()).isEqualTo(2 * MILLISECOND);
    readFor(510, false, pacer::pollWait);
    assertThat(pacer.pollWait()).isEqualTo(5 * MILLISECOND);
    readFor(4_500, false, pacer::pollWait);
    assertThat(pacer.pollWait()).isEqualTo(20 * MILLISECOND);
    read(true, false);
    assertThat(pacer.pollWait()).isEqualTo(2 * MILLISECOND);
  }

  @Test
  void theWaitAfterASlowReadIsAsLongAndAtMostATenthOfASecond() {
    pacer.afterRead(now, now + 50 * MILLISECOND, true, true);
    assertThat(pacer.pollWait()).isEqualTo(50 * MILLISECOND);
    assertThat(pacer.waitAfterRing()).isEqualTo(50 * MILLISECOND);
    assertThat(pacer.waitWithoutRing()).isEqualTo(50 * MILLISECOND);
    pacer.afterRead(now, now + 500 * MILLISECOND, true, true);
    assertThat(pacer.waitAfterRing()).isEqualTo(100 * MILLISECOND);
  }

  @Test
  void afterARingThatBroughtNothingReadsFollowAtGrowingIntervals() {
    readFor(20_000, false, pacer::waitWithoutRing);
    read(false, true);
    assertThat(pacer.waitWithoutRing()).as("the commit should be visible by now").isZero();
    read(false, false);
    assertThat(pacer.waitWithoutRing()).isEqualTo(READ);
    int reads = readFor(1_000, false, pacer::waitWithoutRing);
    assertThat(reads).isBetween(9, 13);
    assertThat(readFor(10_000, false, pacer::waitWithoutRing)).isBetween(9, 12);
    assertThat(pacer.waitWithoutRing()).isEqualTo(1_000 * MILLISECOND);
  }

  @Test
  void afterARingThatBroughtChangesFewerReadsFollow() {
    readFor(20_000, false, pacer::waitWithoutRing);
    read(true, true);
    assertThat(pacer.waitWithoutRing()).isEqualTo(2 * MILLISECOND);
    assertThat(readFor(1_000, false, pacer::waitWithoutRing)).isBetween(2, 4);
    read(false, true);
    assertThat(pacer.waitWithoutRing()).as("the next ring brought nothing yet").isZero();
  }

  @Test
  void aSlowReadAfterARingIsNotRepeatedAtOnce() {
    readFor(20_000, false, pacer::waitWithoutRing);
    pacer.afterRead(now, now + 6 * MILLISECOND, false, true);
    assertThat(pacer.waitWithoutRing()).isEqualTo(6 * MILLISECOND);
  }

  @Test
  void aChangeWithoutARingIsFollowedByAnEarlyRead() {
    readFor(20_000, false, pacer::waitWithoutRing);
    read(true, false);
    assertThat(pacer.waitWithoutRing()).isEqualTo(2 * MILLISECOND);
  }

  @Test
  void ringsAfterSilenceCauseReadsAtOnceEvenIfTheFirstFindNothing() {
    readFor(20_000, false, pacer::waitWithoutRing);
    for (int i = 0; i < 5; i++) {
      read(false, true);
      assertThat(pacer.waitAfterRing()).isEqualTo(READ);
      now += pacer.waitAfterRing();
    }
  }

  @Test
  void ringsForOtherTablesCauseNoMoreReadsThanPolling() {
    ReadPacer polling = new ReadPacer();
    long start = now;
    read(true, true);
    int afterRings = readFor(20_000, true, pacer::waitAfterRing);

    now = start;
    polling.afterRead(now, now + READ, true, false);
    now += READ;
    int polled = 0;
    for (long end = now + 20_000 * MILLISECOND; now - end < 0; polled++) {
      now += polling.pollWait();
      polling.afterRead(now, now + READ, false, false);
      now += READ;
    }
    assertThat(afterRings).isLessThan(polled + 20).isGreaterThan(polled / 2);
  }

  @Test
  void whileChangesFlowRingsCauseReadsAtOnce() {
    for (int i = 0; i < 1_000; i++) {
      read(i % 10 == 0, true);
      assertThat(pacer.waitAfterRing()).isBetween(READ, 2 * MILLISECOND);
      now += pacer.waitAfterRing();
    }
  }
}
