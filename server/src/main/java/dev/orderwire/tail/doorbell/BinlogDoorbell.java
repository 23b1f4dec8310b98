package dev.orderwire.tail.doorbell;

import dev.orderwire.lifecycle.Backoff;
import dev.orderwire.lifecycle.Worker;
import dev.orderwire.mysql.Mysql;
import java.io.IOException;
import java.net.Socket;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Rings when an event arrives from MySQL's binlog. It follows the binlog from its end, as a replica
 * does, and does not decode the events. If the user may not follow it, or the stream breaks, the
 * doorbell is not live, logs the cause, and retries at growing intervals.
 *
 * <p>It runs on a platform thread, for the same reason as the tail, and has a connection of its
 * own, besides a short one each time that it asks for the binlog's end.
 */
public final class BinlogDoorbell implements Doorbell {
  private static final Logger log = LoggerFactory.getLogger(BinlogDoorbell.class);

  private static final Duration FIRST_RETRY = Duration.ofSeconds(1);
  private static final Duration LONGEST_RETRY = Duration.ofMinutes(1);
  private static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(5);

  private final Mysql mysql;
  private final Worker worker = Worker.platform("doorbell", this::run);
  private final AtomicLong rings = new AtomicLong();

  /**
   * The same for each connection, so that MySQL ends an older one that it still considers alive.
   */
  private final long serverId = BinlogStream.newServerId();

  private Runnable listener = () -> {};
  private volatile boolean live;
  private volatile @Nullable Socket socket;
  private @Nullable String reported;

  /** Whether the log says that there is a doorbell. */
  private boolean announced;

  /** Creates the doorbell without connecting. */
  public BinlogDoorbell(Mysql mysql) {
    this.mysql = mysql;
  }

  @Override
  public void start(Runnable listener) {
    this.listener = listener;
    worker.start();
  }

  @Override
  public boolean isLive() {
    return live;
  }

  @Override
  public long rings() {
    return rings.get();
  }

  private void ring() {
    rings.incrementAndGet();
    listener.run();
  }

  private void run() {
    Backoff backoff = new Backoff(FIRST_RETRY, LONGEST_RETRY);
    while (!worker.isStopping()) {
      long began = System.nanoTime();
      follow();
      if (System.nanoTime() - began > LONGEST_RETRY.toNanos()) {
        backoff.reset();
      }
      if (!worker.isStopping()) {
        LockSupport.parkNanos(backoff.next().toNanos());
      }
    }
  }

  /** Rings until the stream ends, and reports why. */
  private void follow() {
    try {
      switch (access()) {
        case BinlogAccess.Denied denied -> report(Level.INFO, denied.cause());
        case BinlogAccess.Granted end -> follow(end);
      }
    } catch (StreamEndedException e) {
      // Not a warning: MySQL restarts, or the next try reports why there is no stream.
      log.debug("The stream of the binlog has ended", e);
    } catch (IOException | SQLException e) {
      if (!mysql.isOutage(e)) {
        report(Level.WARN, Mysql.reason(e));
      }
    } catch (RuntimeException e) {
      // Thrown by the library, which takes whatever it reads for well-formed.
      report(Level.WARN, e.toString());
      log.debug("The doorbell failed", e);
    }
  }

  private BinlogAccess access() throws SQLException {
    try (Connection connection = mysql.open(ANSWER_TIMEOUT)) {
      return BinlogAccess.of(connection);
    }
  }

  private void follow(BinlogAccess.Granted end) throws IOException, StreamEndedException {
    try (Socket opened = new Socket()) {
      socket = opened;
      if (worker.isStopping()) {
        return;
      }
      BinlogStream stream = BinlogStream.open(opened, mysql.options(), end, serverId);
      // The first event only says where the stream begins.
      stream.next();
      live = true;
      ring();
      log.atLevel(announced && reported == null ? Level.DEBUG : Level.INFO)
          .log("The binlog of {} announces changes", mysql.options());
      announced = true;
      reported = null;
      ringUntilEnd(stream);
    } finally {
      if (live) {
        live = false;
        ring();
      }
    }
  }

  private void ringUntilEnd(BinlogStream stream) throws StreamEndedException {
    try {
      while (!worker.isStopping()) {
        if (stream.next()) {
          ring();
        }
      }
    } catch (IOException e) {
      throw new StreamEndedException(e);
    }
  }

  /** A stream that had begun has ended. */
  private static final class StreamEndedException extends Exception {
    private static final long serialVersionUID = 1;

    StreamEndedException(IOException cause) {
      super(cause);
    }
  }

  /** Logs a cause, unless it is that of the previous try. */
  private void report(Level level, String cause) {
    if (!worker.isStopping() && !cause.equals(reported)) {
      log.atLevel(level)
          .log("No doorbell, polling the change log of {}: {}", mysql.options(), cause);
      reported = cause;
    }
  }

  @Override
  public void close() {
    worker.stop(() -> {
      Socket open = socket;
      if (open != null) {
        closeQuietly(open);
      }
    });
  }

  private static void closeQuietly(Socket open) {
    try {
      open.close();
    } catch (IOException e) {
      log.debug("Failed to close the doorbell's connection", e);
    }
  }
}
