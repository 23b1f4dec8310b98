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
 * Sends a row of its own through the real pipeline every few seconds, and follows it from stage to
 * stage. It notices whatever stops changes without raising an error.
 *
 * <p>It runs on a platform thread: a virtual one would queue behind the readers of snapshots, and
 * report a busy server as a stalled one.
 */
public final class Canary implements AutoCloseable {
  /**
   * How long a beat may take before the canary counts as stalled. A tail that lost its connection
   * returns within two seconds, and a lock wait of a beat ends as soon; a delay of twice that, plus
   * a pause of the garbage collector, does not end by itself.
   */
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  /** The pause after a beat that did not arrive. */
  private static final Duration RETRY = Duration.ofSeconds(1);

  /** The pause if beats stay in the change log: 1,440 rows a day. */
  private static final Duration KEPT_PAUSE = Duration.ofMinutes(1);

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

  /** The ids of beats that are in the change log and have not arrived. */
  private final List<Long> underWay = new ArrayList<>();

  /** When the first missing beat began, by {@link System#nanoTime}; null if none is missing. */
  private @Nullable Long lateSince;

  /** The epoch in which a beat was not logged; null once the tables have been reset. */
  private @Nullable String unloggedIn;

  /**
   * @param unloggedBefore takes an id of the change log before which changes may not be logged
   * @param every the interval between beats
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

  /** Starts the beats; call it once. */
  public void start() {
    feed.onAppend(worker::wake);
    worker.start();
  }

  /** Ends the beats and waits for the thread. */
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
    return rows.deletesOldBeats() || every.compareTo(KEPT_PAUSE) > 0 ? every : KEPT_PAUSE;
  }

  /** Sends a beat; whether it arrived. */
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
          rows.noteUnlogged(before.epoch());
          yield missed(
              began,
              Stage.LOG,
              "its change is not in the change log, so changes of the watched tables may be missing too. Check that the triggers exist (`orderwire doctor`), and that their definer may INSERT into the change log.");
        }
        case Outcome.Failed(String cause) ->
            missed(began, Stage.WRITE, "its row cannot be changed: " + cause);
      };
    } catch (RuntimeException e) {
      log.error("The canary failed", e);
      return missed(began, Stage.WRITE, "it failed: " + e);
    }
  }

  private boolean passesTail(long id, String epoch, long began) {
    long deadline = System.nanoTime() + patience.toNanos();
    Position position = feed.end().position();
    while (!position.covers(id) || !position.epoch().equals(epoch)) {
      if (!position.epoch().equals(epoch)) {
        // The change log was replaced: the next beat belongs to the new one.
        underWay.clear();
        return false;
      }
      if (worker.isStopping() || System.nanoTime() - deadline > 0) {
        return missed(
            began,
            Stage.TAIL,
            "its change is in the change log, but the tail did not deliver it within %d ms"
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
      return missed(
          began,
          Stage.GATEWAY,
          "%d of %d event loops have not passed its change within %d ms"
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

  private boolean missed(long began, Stage stage, String cause) {
    if (lateSince == null) {
      lateSince = began;
    }
    Duration late = Duration.ofNanos(System.nanoTime() - lateSince);
    if (!worker.isStopping() && late.compareTo(patience) >= 0) {
      status.stalled(stage, cause, late, rows.isMysqlAway());
    }
    return false;
  }
}
