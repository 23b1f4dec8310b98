package dev.orderwire.judge.run;

import java.util.List;
import java.util.SplittableRandom;

/**
 * The random decisions of one actor. The same seed and name give the same decisions, whatever other
 * actors do. For one thread.
 */
public final class SeededRandom {
  private final SplittableRandom random;

  public SeededRandom(long seed, String actor) {
    this.random = new SplittableRandom(seed * 1_000_003 + actor.hashCode());
  }

  /** 0 to {@code bound - 1}. */
  public int below(int bound) {
    return random.nextInt(bound);
  }

  /** {@code least} to {@code most}, both included. */
  public int between(int least, int most) {
    return random.nextInt(least, most + 1);
  }

  /** True with this probability. */
  public boolean percent(int probability) {
    return random.nextInt(100) < probability;
  }

  public <T> T pick(List<T> all) {
    return all.get(random.nextInt(all.size()));
  }
}
