package dev.orderwire.gateway;

import dev.orderwire.gateway.fanout.Connection;
import dev.orderwire.gateway.fanout.EventLoops;
import dev.orderwire.gateway.http.Draining;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ThreadLocalRandom;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends the clients of a gateway to other servers, in bounded time: the gateway is not ready any
 * more, then it accepts no new connections, then its clients are asked to reconnect, a batch at a
 * time. Meanwhile everything else goes on: changes are delivered, requests are answered.
 */
final class Drain {
  /** The gateway, as far as a drain is concerned. */
  interface Doors {
    /** Stops to accept connections. */
    void close();

    /** Ends HTTP connections after the requests that are on their way. May be called repeatedly. */
    void endHttp();

    /** How many connections are open, of whatever kind. */
    int open();
  }

  private static final Logger LOG = LoggerFactory.getLogger(Drain.class);

  /** The time between two batches. */
  static final Duration STEP = Duration.ofMillis(50);

  /** Clients reconnect within so many milliseconds after they were asked. */
  private static final long MOST_JITTER = 1_000;

  private final DrainOptions options;
  private final Doors doors;
  private final Draining draining;
  private final EventLoops loops;
  private final long deadline;

  Drain(DrainOptions options, Doors doors, Draining draining, EventLoops loops) {
    this.options = options;
    this.doors = doors;
    this.draining = draining;
    this.loops = loops;
    this.deadline = System.nanoTime() + options.limit().toNanos();
  }

  /** Returns when all connections are closed, or when the time is over. */
  void run() throws InterruptedException {
    draining.begin();
    if (doors.open() > 0 || draining.isWatched()) {
      LOG.info(
          "draining: not ready from now on, and in {} ms no new connections; {} are open",
          notice().toMillis(),
          doors.open());
      Thread.sleep(notice());
    }
    doors.close();
    askAll();
    if (doors.open() > 0) {
      LOG.info("{} connections have not left in time, and are closed", doors.open());
    }
  }

  private Duration notice() {
    return shorter(options.notice(), left());
  }

  private void askAll() throws InterruptedException {
    Queue<Connection> staying = new ArrayDeque<>();
    int batch = 0;
    long jitter = 1;
    while (doors.open() > 0 && left().isPositive()) {
      if (staying.isEmpty()) {
        // Also those that have come in meanwhile: their requests were on their way.
        doors.endHttp();
        staying.addAll(shuffled(loops.staying(left())));
        batch = batch(staying.size(), options.clientsPerSecond(), left());
        jitter = jitter(staying.size(), options.clientsPerSecond(), left());
      }
      for (int i = 0; i < batch && !staying.isEmpty(); i++) {
        long afterMillis = ThreadLocalRandom.current().nextLong(1, jitter + 1);
        loops.askToLeave(staying.remove(), afterMillis);
      }
      Thread.sleep(shorter(STEP, left()));
    }
  }

  /** Clients of one view, or of one event loop, must not all come last. */
  private static List<Connection> shuffled(List<Connection> connections) {
    List<Connection> shuffled = new ArrayList<>(connections);
    Collections.shuffle(shuffled, ThreadLocalRandom.current());
    return shuffled;
  }

  /**
   * How many clients are asked in one step. All are asked in the first two thirds of the time: the
   * rest is for those that are slow to leave.
   */
  static int batch(int clients, int perSecond, Duration left) {
    long steps = Math.max(1, left.toMillis() * 2 / 3 / STEP.toMillis());
    long inTime = Math.ceilDiv(clients, steps);
    long asWished = Math.ceilDiv(perSecond * STEP.toMillis(), 1_000);
    return Math.toIntExact(Math.max(inTime, asWished));
  }

  /** Within how many milliseconds a client reconnects: the fewer there are, the sooner. */
  static long jitter(int clients, int perSecond, Duration left) {
    long most = Math.min(MOST_JITTER, left.toMillis() / 3);
    return Math.max(1, Math.min(most, 1_000L * clients / perSecond));
  }

  private Duration left() {
    return Duration.ofNanos(Math.max(0, deadline - System.nanoTime()));
  }

  private static Duration shorter(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? one : other;
  }
}
