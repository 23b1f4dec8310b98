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
 * Whether changes arrive. While MySQL is away the server is degraded: its clients stay, and get
 * what was missed once it is back. It is down where nothing will make it better but a restart.
 */
final class Health {
  /** The states of {@code /health}. */
  enum State {
    UP,
    DEGRADED,
    DOWN
  }

  /**
   * What stands in {@code /health}.
   *
   * @param cause why it is not up
   * @param since when it stopped to be, where that is known
   */
  record Report(State state, Optional<String> cause, Optional<Instant> since) {}

  /** A tail that follows reads at least about once a second. */
  private static final Duration SILENCE = Duration.ofSeconds(30);

  private final Tail tail;
  private final Supplier<Optional<String>> trouble;
  private final CanaryStatus canary;
  private final InstantSource clock;

  /**
   * @param trouble what is wrong in the database, where something is
   */
  Health(Tail tail, Supplier<Optional<String>> trouble, CanaryStatus canary, InstantSource clock) {
    this.tail = tail;
    this.trouble = trouble;
    this.canary = canary;
    this.clock = clock;
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
    Optional<String> cause = trouble.get().or(tail::damage);
    return new Report(cause.isPresent() ? State.DEGRADED : State.UP, cause, Optional.empty());
  }

  /** Whether a client that connects now would get what is new. */
  boolean isReady() {
    return tail.status() instanceof TailStatus.Following
        && report().state() != State.DOWN
        && !isStalledHere();
  }

  /** Before the tail it stalls for all servers alike, and none is better than another. */
  private boolean isStalledHere() {
    return canary.state() instanceof Stalled stalled && stalled.stage().compareTo(Stage.TAIL) >= 0;
  }
}
