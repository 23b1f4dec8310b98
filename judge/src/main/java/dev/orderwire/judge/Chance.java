package dev.orderwire.judge;

import java.util.List;
import java.util.SplittableRandom;

/**
 * The decisions of one actor: the same for the same seed and name, whatever the other actors do.
 * For one thread.
 */
final class Chance {
  private final SplittableRandom random;

  Chance(long seed, String actor) {
    this.random = new SplittableRandom(seed * 1_000_003 + actor.hashCode());
  }

  /** 0 to {@code bound - 1}. */
  int below(int bound) {
    return random.nextInt(bound);
  }

  int between(int least, int most) {
    return random.nextInt(least, most + 1);
  }

  boolean percent(int share) {
    return random.nextInt(100) < share;
  }

  <T> T of(List<T> all) {
    return all.get(random.nextInt(all.size()));
  }
}
