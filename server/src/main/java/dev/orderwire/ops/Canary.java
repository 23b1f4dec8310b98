package dev.orderwire.ops;

import dev.orderwire.change.Position;
import dev.orderwire.feed.Feed;
import dev.orderwire.lifecycle.Worker;
import dev.orderwire.ops.CanaryState.Stage;
import dev.orderwire.upkeep.CanaryRows;
import dev.orderwire.upkeep.CanaryRows.Outcome;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends an own row through the real pipeline every few seconds, and follows it from stage to stage:
 * whatever stops changes without an error, nothing else would notice.
 *
 * <p>It runs on a thread of its own, which is no virtual one: it would wait its turn behind those
 * that read snapshots, and call a busy server a stalled one.
 */
public final class Canary implements AutoCloseable {
  /**
   * How long a beat may take before something is wrong. A tail that has lost its connection is back
   * within two seconds at the most, and so is who waits for a lock in a beat; what takes twice as
   * long, with a pause of the collector on top, does not pass by itself.
   */
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  /** Until the next beat, after one that did not get through. */
  private static final Duration RETRY = Duration.ofSeconds(1);

  /** The pause between beats that stay in the change log: 1,440 rows a day. */
  private static final Duration UNTIDY = Duration.ofMinutes(1);

  private static final Logger log = LoggerFactory.getLogger(Canary.class);

  private final CanaryRows rows;
  private final Feed feed;
  private final DeliveryProbe delivery;
  private final LongConsumer unloggedBefore;
  private final CanaryStatus status;
  private final Timer delay;
  private final Duration every;
  private final Duration patience;
  private final Worker worker = Worker.platform("canary", this::run);

  /** The ids of the beats that are in the change log and have not arrived. */
  private final List<Long> underWay = new ArrayList<>();

  /** When the first beat began that did not get through, by {@link System#nanoTime}. */
  private @Nullable Long lateSince;

  /** The epoch in which a beat was not logged; null where all were since tables were reset. */
  private @Nullable String unloggedIn;

  /**
   * @param unloggedBefore told of an id of the change log before which changes were not logged
   * @param every the time from beat to beat
   */
  public Canary(
      CanaryRows rows,
      Feed feed,
      DeliveryProbe delivery,
      LongConsumer unloggedBefore,
      CanaryStatus status,
      MeterRegistry metrics,
      Duration every) {
    this(rows, feed, delivery, unloggedBefore, status, metrics, every, PATIENCE);
  }

  Canary(
      CanaryRows rows,
      Feed feed,
      DeliveryProbe delivery,
      LongConsumer unloggedBefore,
      CanaryStatus status,
      MeterRegistry metrics,
      Duration every,
      Duration patience) {
    this.rows = rows;
    this.feed = feed;
    this.delivery = delivery;
    this.unloggedBefore = unloggedBefore;
    this.status = status;
    this.delay = status.measure(metrics);
    this.every = every;
    this.patience = patience;
  }

  /** Begins to beat; once only. */
  public void start() {
    feed.onAppend(worker::wake);
    worker.start();
  }

  /** Ends it and waits for its end. */
  @Override
  public void close() {
    worker.stop(rows::close);
  }

  private void run() throws InterruptedException {
    while (!worker.isStopping()) {
      long began = System.nanoTime();
      Duration next = passes(began) ? pause() : RETRY;
      Thread.sleep(next.minusNanos(System.nanoTime() - began));
    }
  }

  private Duration pause() {
    return rows.tidies() || every.compareTo(UNTIDY) > 0 ? every : UNTIDY;
  }

  /** Whether a beat gets through. */
  private boolean passes(long began) throws InterruptedException {
    try {
      Position before = feed.end().position();
      return switch (rows.write(before.head())) {
        case Outcome.Logged(long id) -> {
          underWay.add(id);
          yield passesTail(id, before.epoch(), began) && passesGateway(began);
        }
        case Outcome.Unlogged() -> {
          unloggedIn = unloggedIn == null ? before.epoch() : unloggedIn;
          yield late(
              began,
              Stage.LOG,
              "its change is not in the change log, and those of the watched tables may be missing too: are the triggers there, and may who made them (`orderwire doctor` says who) still INSERT into the change log?");
        }
        case Outcome.Unwritten(String cause) ->
            late(began, Stage.WRITE, "its row cannot be changed: " + cause);
      };
    } catch (RuntimeException e) {
      log.error("the canary failed", e);
      return late(began, Stage.WRITE, "it failed: " + e);
    }
  }

  private boolean passesTail(long id, String epoch, long began) {
    long deadline = System.nanoTime() + patience.toNanos();
    Position position = feed.end().position();
    while (!position.covers(id) || !position.epoch().equals(epoch)) {
      if (!position.epoch().equals(epoch)) {
        // The log was replaced under it, and all are told; the next beat is of the new one.
        underWay.clear();
        return false;
      }
      if (worker.isStopping() || System.nanoTime() - deadline > 0) {
        return late(
            began,
            Stage.TAIL,
            "its change is in the change log, and was not handed on within %d ms"
                .formatted(patience.toMillis()));
      }
      LockSupport.parkNanos(deadline - System.nanoTime());
      position = feed.end().position();
    }
    arrived(position);
    if (epoch.equals(unloggedIn)) {
      unloggedBefore.accept(id);
    }
    unloggedIn = null;
    return true;
  }

  private void arrived(Position position) {
    underWay.removeIf(id -> {
      boolean arrived = position.covers(id);
      if (arrived) {
        rows.arrived(id);
      }
      return arrived;
    });
  }

  private boolean passesGateway(long began) throws InterruptedException {
    List<CompletableFuture<Void>> loops = delivery.passing(feed.end().cursor());
    try {
      CompletableFuture.allOf(loops.toArray(CompletableFuture[]::new))
          .get(patience.toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException | ExecutionException e) {
      return late(
          began,
          Stage.GATEWAY,
          "%d of %d event loops have not come past its change within %d ms"
              .formatted(
                  loops.stream().filter(loop -> !loop.isDone()).count(),
                  loops.size(),
                  patience.toMillis()));
    }
    Duration roundTrip = Duration.ofNanos(System.nanoTime() - began);
    delay.record(roundTrip);
    lateSince = null;
    status.passed(roundTrip);
    return true;
  }

  private boolean late(long began, Stage stage, String cause) {
    if (lateSince == null) {
      lateSince = began;
    }
    Duration late = Duration.ofNanos(System.nanoTime() - lateSince);
    if (!worker.isStopping() && late.compareTo(patience) >= 0) {
      status.stalled(stage, cause, late);
    }
    return false;
  }
}
