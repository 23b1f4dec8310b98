package dev.orderwire.judge;

import java.time.Duration;

/** How a client reads during one visit. For one thread. */
final class Reading {
  private enum Habit {
    FAST,
    SLOW,
    STOPS
  }

  private static final int SMALL_BUFFER = 4_096;
  private static final int LARGE_BUFFER = 65_536;

  private final Habit habit;
  private final Duration visit;
  private final Chance chance;

  private Reading(Habit habit, Duration visit, Chance chance) {
    this.habit = habit;
    this.visit = visit;
    this.chance = chance;
  }

  static Reading any(Chance chance) {
    int share = chance.below(100);
    return new Reading(
        share < 60 ? Habit.FAST : share < 80 ? Habit.SLOW : Habit.STOPS,
        Duration.ofMillis(
            chance.percent(50) ? chance.between(50, 2_000) : chance.between(2_000, 20_000)),
        chance);
  }

  /** How long it stays, if it can. */
  Duration visit() {
    return visit;
  }

  /** In bytes: how much the network holds for it. */
  int buffer() {
    return habit == Habit.FAST ? LARGE_BUFFER : SMALL_BUFFER;
  }

  /** How long it rests after a message. */
  Duration pause() {
    return switch (habit) {
      case FAST -> Duration.ZERO;
      case SLOW -> Duration.ofMillis(chance.between(1, 30));
      case STOPS ->
          chance.below(30) == 0 ? Duration.ofMillis(chance.between(300, 9_000)) : Duration.ZERO;
    };
  }
}
