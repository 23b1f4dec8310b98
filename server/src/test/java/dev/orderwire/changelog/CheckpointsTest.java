package dev.orderwire.changelog;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orderwire.changelog.Checkpoints.Checkpoint;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** One id a second, whose number is the second of its birth. */
class CheckpointsTest {
  private static final Duration AGE = Duration.ofHours(1);
  private static final long START = 1_000_000;
  private static final int ROUND = 60;

  private static Instant at(long second) {
    return Instant.ofEpochSecond(second);
  }

  @Test
  void anIdIsOldOnceItsAgeIsReachedAndNotMuchLater() {
    Checkpoints checkpoints = new Checkpoints("e", List.of());
    long deleted = 0;
    for (long now = START; now < START + 20_000; now += ROUND) {
      checkpoints = checkpoints.with(now, at(now), AGE, deleted);
      long old = checkpoints.highestOf(AGE, at(now));
      assertThat(old).isLessThan(now - AGE.toSeconds());
      if (now > START + AGE.toSeconds() + ROUND) {
        assertThat(old).isGreaterThanOrEqualTo(now - AGE.toSeconds() - 2 * ROUND);
      }
      deleted = Math.max(deleted, old);
      assertThat(checkpoints.seen().size()).isLessThanOrEqualTo(62);
    }
  }

  /** As when a transaction stays open for ever. */
  @Test
  void theirNumberIsBoundedEvenIfNothingIsDeleted() {
    Checkpoints checkpoints = new Checkpoints("e", List.of());
    for (long now = START; now < START + 10_000L * ROUND; now += ROUND) {
      checkpoints = checkpoints.with(now, at(now), AGE, 0);
      assertThat(checkpoints.seen().size()).isLessThanOrEqualTo(Checkpoints.MOST);
      assertThat(checkpoints.highestOf(AGE, at(now))).isLessThan(now - AGE.toSeconds());
    }
    long last = checkpoints.seen().getLast().id();
    assertThat(checkpoints.highestOf(AGE, at(last + AGE.toSeconds() + 1))).isEqualTo(last);
  }

  @Test
  void aClockThatIsSetBackKeepsNothingForEver() {
    Checkpoints ahead = new Checkpoints("e", List.of(new Checkpoint(START + 1_000_000, 5)));
    Checkpoints known = ahead.with(5, at(START), AGE, 0);
    assertThat(known.seen()).containsExactly(new Checkpoint(START, 5));
    assertThat(known.highestOf(AGE, at(START + AGE.toSeconds()))).isZero();
    assertThat(known.highestOf(AGE, at(START + AGE.toSeconds() + 1))).isEqualTo(5);
  }

  @Test
  void anIdleLogNeedsNoNewCheckpoints() {
    Checkpoints known = new Checkpoints("e", List.of()).with(7, at(START), AGE, 3);
    assertThat(known.with(7, at(START + 500_000), AGE, 3)).isEqualTo(known);
    assertThat(new Checkpoints("e", List.of()).with(0, at(START), AGE, 0).seen()).isEmpty();
  }
}
