package dev.orderwire.ops;

import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;

/** The state of the canary. */
public sealed interface CanaryState {
  /** The stages of a beat, in this order. */
  enum Stage {
    /** The canary changes its row in MySQL, as an application would. */
    WRITE,
    /** Its trigger logs the change. */
    LOG,
    /** The tail reads and delivers the change. */
    TAIL,
    /** Every event loop passes the change. */
    GATEWAY;

    String text() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * A beat that arrived.
   *
   * @param roundTrip from before the write until the last event loop passed it
   * @param at when it arrived
   */
  record Beat(Duration roundTrip, Instant at) {}

  /** The server has no canary. */
  record Off(String cause) implements CanaryState {}

  /** No beat has arrived yet, and none is overdue. */
  record Starting() implements CanaryState {}

  /** The last beat arrived. */
  record Well(Beat last) implements CanaryState {}

  /**
   * Beats do not arrive.
   *
   * @param stage the stage that they do not pass
   * @param since when the first missing beat began
   * @param last the last beat that arrived
   */
  record Stalled(Stage stage, String cause, Instant since, Optional<Beat> last)
      implements CanaryState {}
}
