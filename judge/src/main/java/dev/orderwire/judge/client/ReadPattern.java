package dev.orderwire.judge.client;

import dev.orderwire.judge.run.SeededRandom;
import java.time.Duration;

/** How fast and how long a client reads on one connection. For one thread. */
final class ReadPattern {
  private enum Speed {
    FAST,
    SLOW,
    STALLING
  }

  private static final int SMALL_BUFFER = 4_096;
  private static final int LARGE_BUFFER = 65_536;

  private final Speed speed;
  private final Duration length;
  private final SeededRandom random;

  private ReadPattern(Speed speed, Duration length, SeededRandom random) {
    this.speed = speed;
    this.length = length;
    this.random = random;
  }

  static ReadPattern next(SeededRandom random) {
    int share = random.below(100);
    return new ReadPattern(
        share < 60 ? Speed.FAST : share < 80 ? Speed.SLOW : Speed.STALLING,
        Duration.ofMillis(
            random.percent(50) ? random.between(50, 2_000) : random.between(2_000, 20_000)),
        random);
  }

  /** How long the client stays connected, unless the connection ends before. */
  Duration length() {
    return length;
  }

  /** Whether the client takes every message at once. */
  boolean isFast() {
    return speed == Speed.FAST;
  }

  /** The size of the socket's receive buffer, in bytes. */
  int receiveBuffer() {
    return speed == Speed.FAST ? LARGE_BUFFER : SMALL_BUFFER;
  }

  /** How long the client pauses after a message. */
  Duration pause() {
    return switch (speed) {
      case FAST -> Duration.ZERO;
      case SLOW -> Duration.ofMillis(random.between(1, 30));
      case STALLING ->
          random.below(30) == 0 ? Duration.ofMillis(random.between(300, 9_000)) : Duration.ZERO;
    };
  }
}
