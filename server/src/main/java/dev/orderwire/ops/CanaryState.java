package dev.orderwire.ops;

import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;

/** How the canary does. */
public sealed interface CanaryState {
  /** What a beat goes through, in this order. */
  enum Stage {
    /** A row is changed in MySQL, as an application would. */
    WRITE,
    /** Its trigger logs the change. */
    LOG,
    /** The tail reads it, and hands it on. */
    TAIL,
    /** Every event loop has come past it. */
    GATEWAY;

    String text() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * A beat that got through.
   *
   * @param roundTrip from before the write to the last event loop
   * @param at when it had
   */
  record Beat(Duration roundTrip, Instant at) {}

  /** There is none. */
  record Off(String cause) implements CanaryState {}

  /** No beat has got through yet, and none is overdue. */
  record Starting() implements CanaryState {}

  /** The last beats got through. */
  record Well(Beat last) implements CanaryState {}

  /**
   * Nothing gets through.
   *
   * @param stage where it stops
   * @param since when the first beat began that did not get through
   * @param last the last one that did
   */
  record Stalled(Stage stage, String cause, Instant since, Optional<Beat> last)
      implements CanaryState {}
}
