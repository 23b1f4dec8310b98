package dev.orderwire.judge;

import java.util.List;
import java.util.SplittableRandom;

/**
 * The random decisions of one actor. The same seed and name give the same decisions, whatever other
 * actors do. For one thread.
 */
final class SeededRandom {
  private final SplittableRandom random;

  SeededRandom(long seed, String actor) {
    this.random = new SplittableRandom(seed * 1_000_003 + actor.hashCode());
  }

  /** 0 to {@code bound - 1}. */
  int below(int bound) {
    return random.nextInt(bound);
  }

  /** {@code least} to {@code most}, both included. */
  int between(int least, int most) {
    return random.nextInt(least, most + 1);
  }

  /** True with this probability. */
  boolean percent(int probability) {
    return random.nextInt(100) < probability;
  }

  <T> T pick(List<T> all) {
    return all.get(random.nextInt(all.size()));
  }
}
