package dev.orderwire.ops;

import dev.orderwire.ops.CanaryState.Stage;
import dev.orderwire.ops.CanaryState.Stalled;
import dev.orderwire.tail.Tail;
import dev.orderwire.tail.TailStatus;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Whether changes arrive at this process. While MySQL is away the server is degraded: its clients
 * stay connected, and receive what they missed once MySQL is back. The server is down only if a
 * restart would help.
 */
public final class ListenerHealth {
  /** The states of {@code /health}. */
  enum State {
    UP,
    DEGRADED,
    DOWN
  }

  /**
   * The answer of {@code /health}.
   *
   * @param cause why the state is not {@code UP}
   * @param since when that began, if known
   */
  record Report(State state, Optional<String> cause, Optional<Instant> since) {}

  /** A following tail reads about once a second, or more often. */
  private static final Duration SILENCE = Duration.ofSeconds(30);

  private final Tail tail;
  private final Supplier<Optional<String>> problem;
  private final CanaryStatus canary;
  private final InstantSource clock;

  /**
   * @param problem what the reconciler could not repair yet
   * @param clock this machine's
   */
  public ListenerHealth(
      Tail tail, Supplier<Optional<String>> problem, CanaryStatus canary, InstantSource clock) {
    this.tail = tail;
    this.problem = problem;
    this.canary = canary;
    this.clock = clock;
  }

  Tail tail() {
    return tail;
  }

  CanaryState canary() {
    return canary.state();
  }

  Report report() {
    return switch (tail.status()) {
      case TailStatus.Following(Instant lastRead) -> following(lastRead);
      case TailStatus.Waiting(String cause, Instant since) ->
          new Report(State.DEGRADED, Optional.of(cause), Optional.of(since));
    };
  }

  private Report following(Instant lastRead) {
    if (lastRead.plus(SILENCE).isBefore(clock.instant())) {
      return new Report(
          State.DOWN,
          Optional.of("the change log has not been read since; restart the server"),
          Optional.of(lastRead));
    }
    if (canary.state() instanceof Stalled stalled) {
      return new Report(
          State.DEGRADED,
          Optional.of(
              "the canary is stalled in stage %s: %s"
                  .formatted(stalled.stage().text(), stalled.cause())),
          Optional.of(stalled.since()));
    }
    Optional<String> cause = problem.get().or(tail::unreadableRow);
    return new Report(cause.isPresent() ? State.DEGRADED : State.UP, cause, Optional.empty());
  }

  /** Whether a client that connects now would receive new changes. */
  boolean isReady() {
    return tail.status() instanceof TailStatus.Following
        && report().state() != State.DOWN
        && !isStalledHere();
  }

  /** A stall before the tail affects all servers alike: another one would be no better. */
  private boolean isStalledHere() {
    return canary.state() instanceof Stalled stalled && stalled.stage().compareTo(Stage.TAIL) >= 0;
  }
}
