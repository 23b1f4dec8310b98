package dev.orderwire.ops;

import dev.orderwire.ops.CanaryState.Stage;
import dev.orderwire.ops.CanaryState.Stalled;
import dev.orderwire.tail.Tail;
import dev.orderwire.tail.TailStatus;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.OptionalLong;
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

  /**
   * The changes that the tail works through.
   *
   * @param read how many it has read so far
   * @param left about how many it has not; empty if unknown
   * @param perSecond how many it reads in a second
   */
  record Backlog(long read, OptionalLong left, long perSecond) {
    private String text() {
      return "working through a backlog: "
          + (left.isPresent() ? "about %d changes are left, ".formatted(left.getAsLong()) : "")
          + "%d are read, %d a second".formatted(read, perSecond);
    }
  }

  /** A following tail reads about once a second, or more often. */
  private static final Duration SILENCE = Duration.ofSeconds(30);

  private final Tail tail;
  private final Supplier<Optional<String>> problem;
  private final Supplier<OptionalLong> newestId;
  private final Supplier<CanaryStatus> canary;
  private final InstantSource clock;

  /**
   * @param problem what the reconciler could not repair yet
   * @param newestId the newest id of the change log, if known
   * @param clock this machine's
   */
  public ListenerHealth(
      Tail tail,
      Supplier<Optional<String>> problem,
      Supplier<OptionalLong> newestId,
      CanaryStatus canary,
      InstantSource clock) {
    this(tail, problem, newestId, () -> canary, clock);
  }

  /**
   * @param canary of this process at the time; another one may run it
   */
  public ListenerHealth(
      Tail tail,
      Supplier<Optional<String>> problem,
      Supplier<OptionalLong> newestId,
      Supplier<CanaryStatus> canary,
      InstantSource clock) {
    this.tail = tail;
    this.problem = problem;
    this.newestId = newestId;
    this.canary = canary;
    this.clock = clock;
  }

  Tail tail() {
    return tail;
  }

  CanaryState canary() {
    return canary.get().state();
  }

  Report report() {
    return switch (tail.status()) {
      case TailStatus.Following(Instant lastRead) -> following(lastRead);
      case TailStatus.Behind behind -> behind(behind);
      case TailStatus.Waiting(String cause, Instant since) ->
          new Report(State.DEGRADED, Optional.of(cause), Optional.of(since));
    };
  }

  /** The backlog that the tail works through; empty if there is none. */
  Optional<Backlog> backlog() {
    return tail.status() instanceof TailStatus.Behind behind
        ? Optional.of(backlog(behind))
        : Optional.empty();
  }

  private Backlog backlog(TailStatus.Behind behind) {
    long left = newestId.get().orElse(0) - tail.position().head();
    long millis = Duration.between(behind.since(), behind.lastProgress()).toMillis();
    return new Backlog(
        behind.changes(),
        left > 0 ? OptionalLong.of(left) : OptionalLong.empty(),
        behind.changes() * 1_000 / Math.max(millis, 1));
  }

  private Report behind(TailStatus.Behind behind) {
    return isSilent(behind.lastProgress())
        ? silent(behind.lastProgress())
        : new Report(
            State.DEGRADED, Optional.of(backlog(behind).text()), Optional.of(behind.since()));
  }

  private boolean isSilent(Instant last) {
    return last.plus(SILENCE).isBefore(clock.instant());
  }

  private static Report silent(Instant last) {
    return new Report(
        State.DOWN,
        Optional.of("the change log has not been read since; restart the server"),
        Optional.of(last));
  }

  private Report following(Instant lastRead) {
    if (isSilent(lastRead)) {
      return silent(lastRead);
    }
    if (canary.get().state() instanceof Stalled stalled) {
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
    return !(tail.status() instanceof TailStatus.Waiting)
        && report().state() != State.DOWN
        && !isStalledHere();
  }

  /** A stall before the tail affects all servers alike: another one would be no better. */
  private boolean isStalledHere() {
    return canary.get().state() instanceof Stalled stalled
        && stalled.stage().compareTo(Stage.TAIL) >= 0;
  }
}
