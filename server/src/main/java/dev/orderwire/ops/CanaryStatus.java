package dev.orderwire.ops;

import dev.orderwire.ops.CanaryState.Beat;
import dev.orderwire.ops.CanaryState.Off;
import dev.orderwire.ops.CanaryState.Stage;
import dev.orderwire.ops.CanaryState.Stalled;
import dev.orderwire.ops.CanaryState.Starting;
import dev.orderwire.ops.CanaryState.Well;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The state of the canary as {@code /health}, the metrics and the log show it. One thread reports;
 * any thread may read.
 */
public final class CanaryStatus {
  private static final Logger log = LoggerFactory.getLogger(CanaryStatus.class);
  private static final String STALLED = "orderwire.canary.stalled";

  private final InstantSource clock;
  private volatile CanaryState state;

  /** Whether the log says that the canary is stalled. Used by the canary's thread alone. */
  private boolean warned;

  private CanaryStatus(CanaryState state, InstantSource clock) {
    this.state = state;
    this.clock = clock;
  }

  /** The status of a server without a canary. */
  public static CanaryStatus off(String cause) {
    return new CanaryStatus(new Off(cause), InstantSource.system());
  }

  /** The status of a server with a canary that has not started yet. */
  public static CanaryStatus on(InstantSource clock) {
    return new CanaryStatus(new Starting(), clock);
  }

  CanaryState state() {
    return state;
  }

  /**
   * Registers the metrics, once: a process that leads again has a new canary with the same status.
   *
   * @return takes the round trip of each beat that arrives
   */
  Timer measure(MeterRegistry registry) {
    if (registry.find(STALLED).gauge() == null) {
      for (Stage stage : Stage.values()) {
        Gauge.builder(STALLED, this, status -> status.isStalled(stage) ? 1 : 0)
            .description("1 if the canary is stalled in this stage, otherwise 0")
            .tag("stage", stage.text())
            .register(registry);
      }
    }
    return Timer.builder("orderwire.canary.delay")
        .description("From before the canary's write until its change has passed every event loop")
        .serviceLevelObjectives(Metrics.DELAYS)
        .register(registry);
  }

  private boolean isStalled(Stage stage) {
    return state instanceof Stalled stalled && stalled.stage() == stage;
  }

  void passed(Duration roundTrip) {
    Beat beat = new Beat(roundTrip, clock.instant());
    if (warned && state instanceof Stalled stalled) {
      log.info(
          "Beats of the canary arrive again (stalled in stage {} since {})",
          stalled.stage().text(),
          stalled.since());
    }
    warned = false;
    state = new Well(beat);
  }

  /**
   * @param late how long ago the first missing beat began
   * @param explained whether the log has the cause already
   */
  void stalled(Stage stage, String cause, Duration late, boolean explained) {
    Instant since = clock.instant().minus(late);
    Optional<Beat> last = Optional.empty();
    switch (state) {
      case Stalled before -> {
        since = before.since();
        last = before.last();
        warned &= before.stage() == stage;
      }
      case Well well -> last = Optional.of(well.last());
      case Starting() -> {}
      case Off(String why) -> throw new IllegalStateException("there is no canary: " + why);
    }
    if (!warned && !explained) {
      warned = true;
      log.warn("The canary is stalled in stage {}: {}", stage.text(), cause);
    }
    state = new Stalled(stage, cause, since, last);
  }
}
