package dev.orderwire.changelog.replica;

import dev.orderwire.changelog.MysqlBacklog;
import dev.orderwire.changelog.MysqlSnapshotReader;
import dev.orderwire.feed.Catalog;
import dev.orderwire.lifecycle.Worker;
import dev.orderwire.mysql.Mysql;
import dev.orderwire.mysql.MysqlOptions;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A replica of the source. It is left out while it lags, does not answer, or has another change
 * log, and a thread of its own checks once a second whether it can be used.
 */
final class Replica implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Replica.class);

  private static final Duration CHECK = Duration.ofSeconds(1);

  /** A reader waits this long at most for the replica to catch up. */
  private static final int CATCHES_UP_WITHIN_SECONDS = 1;

  /** After a failed read, the replica stays out for this long at least. */
  private static final Duration PAUSE = Duration.ofSeconds(5);

  private sealed interface State {
    record InUse(Duration lag) implements State {}

    record LeftOut(String cause, Instant since, long untilNanos) implements State {}
  }

  private final Mysql mysql;
  private final AppliedProof proof;
  private final Supplier<String> epoch;
  private final MysqlSnapshotReader snapshots;
  private final MysqlBacklog backlog;
  private final Worker worker;
  private final AtomicInteger readers = new AtomicInteger();
  private final LongAdder reads = new LongAdder();

  /** Written under this; any thread reads it. */
  private volatile State state =
      new State.LeftOut("it has not been checked yet", Instant.now(), System.nanoTime());

  /**
   * Creates it without connecting.
   *
   * @param epoch of the change log that this process follows
   */
  Replica(MysqlOptions options, Mysql source, Catalog catalog, Supplier<String> epoch) {
    this.mysql = new Mysql(options);
    this.epoch = epoch;
    this.proof = new AppliedProof(source, CATCHES_UP_WITHIN_SECONDS);
    this.snapshots = new MysqlSnapshotReader(mysql, proof);
    this.backlog = new MysqlBacklog(mysql, catalog, proof, epoch);
    this.worker = Worker.virtual("replica-" + options.host() + ":" + options.port(), this::run);
  }

  void start() {
    worker.start();
  }

  MysqlSnapshotReader snapshots() {
    return snapshots;
  }

  MysqlBacklog backlog() {
    return backlog;
  }

  boolean isInUse() {
    return state instanceof State.InUse;
  }

  /** How many read from it at the moment. */
  int readers() {
    return readers.get();
  }

  /** How often it was read. */
  long reads() {
    return reads.sum();
  }

  ReplicaStatus status() {
    return switch (state) {
      case State.InUse(Duration lag) ->
          new ReplicaStatus(toString(), Optional.empty(), Optional.empty(), Optional.of(lag));
      case State.LeftOut(String cause, Instant since, long _) ->
          new ReplicaStatus(toString(), Optional.of(cause), Optional.of(since), Optional.empty());
    };
  }

  /** Counts a read from now on until it is closed. */
  Reading read() {
    readers.incrementAndGet();
    reads.increment();
    return readers::decrementAndGet;
  }

  /** A read that goes on. */
  interface Reading extends AutoCloseable {
    @Override
    void close();
  }

  /** Uses it no more, until a check succeeds. */
  synchronized void leaveOut(String cause) {
    leaveOut(cause, PAUSE);
  }

  private synchronized void leaveOut(String cause, Duration pause) {
    long until = System.nanoTime() + pause.toNanos();
    if (state instanceof State.LeftOut(String _, Instant since, long known)) {
      state = new State.LeftOut(cause, since, Math.max(known, until));
      return;
    }
    state = new State.LeftOut(cause, Instant.now(), until);
    log.warn("The replica {} is left out: {}", this, cause);
  }

  private synchronized void use(Duration lag) {
    if (state instanceof State.LeftOut(String _, Instant _, long until)) {
      if (System.nanoTime() - until < 0) {
        return;
      }
      log.info("The replica {} is used", this);
    }
    state = new State.InUse(lag);
  }

  private void run() throws InterruptedException {
    while (!worker.isStopping()) {
      check();
      Thread.sleep(CHECK);
    }
  }

  private void check() {
    try (Connection session = mysql.connect()) {
      long began = System.nanoTime();
      proof.await(session);
      Duration lag = Duration.ofNanos(System.nanoTime() - began);
      proof.check(session, epoch.get());
      use(lag);
    } catch (SQLException e) {
      if (!worker.isStopping()) {
        leaveOut(Mysql.reason(e), Duration.ZERO);
      }
    } catch (RuntimeException e) {
      leaveOut(String.valueOf(e.getMessage()), Duration.ZERO);
    }
  }

  @Override
  public String toString() {
    return mysql.options().toString();
  }

  @Override
  public void close() {
    worker.stop();
    mysql.close();
  }
}
