package dev.orderwire.tail.doorbell;

import dev.orderwire.lifecycle.Worker;
import dev.orderwire.mysql.Mysql;
import dev.orderwire.tail.Tail;
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
 * Rings when the stream of MySQL's binlog brings something. It follows as a replica does, from the
 * binlog's end on, and looks at nothing but that something comes. Where this user may not, or the
 * stream breaks, it is not live, says why, and tries again, ever less often.
 *
 * <p>It has a thread of its own, which is no virtual one for the {@link Tail}'s reason, and a
 * connection of its own, besides a short one each time that it looks where the binlog ends.
 */
public final class BinlogDoorbell implements Doorbell {
  private static final Logger log = LoggerFactory.getLogger(BinlogDoorbell.class);

  private static final Duration FIRST_RETRY = Duration.ofSeconds(1);
  private static final Duration LONGEST_RETRY = Duration.ofMinutes(1);
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private final Mysql mysql;
  private final Worker worker = Worker.platform("doorbell", this::run);
  private final AtomicLong rings = new AtomicLong();

  /** The same for each connection: MySQL then ends one that it still holds for alive. */
  private final long serverId = BinlogStream.newServerId();

  private Runnable listener = () -> {};
  private volatile boolean live;
  private volatile @Nullable Socket socket;
  private @Nullable String said;

  /** Connects to nothing yet. */
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
    Duration retry = FIRST_RETRY;
    while (!worker.isStopping()) {
      long began = System.nanoTime();
      follow();
      if (System.nanoTime() - began > LONGEST_RETRY.toNanos()) {
        retry = FIRST_RETRY;
      }
      if (!worker.isStopping()) {
        LockSupport.parkNanos(retry.toNanos());
        Duration longer = retry.multipliedBy(2);
        retry = longer.compareTo(LONGEST_RETRY) < 0 ? longer : LONGEST_RETRY;
      }
    }
  }

  /** Rings for as long as it can, and then says why it cannot. */
  private void follow() {
    try {
      switch (access()) {
        case BinlogAccess.Denied denied -> say(Level.INFO, denied.cause());
        case BinlogAccess.Granted end -> follow(end);
      }
    } catch (IOException | SQLException e) {
      say(Level.WARN, Mysql.reason(e));
    } catch (RuntimeException e) {
      // Of the library, which takes whatever it reads for well-formed.
      say(Level.WARN, e.toString());
      log.debug("the doorbell failed", e);
    }
  }

  private BinlogAccess access() throws SQLException {
    try (Connection connection = mysql.open(PATIENCE)) {
      return BinlogAccess.of(connection);
    }
  }

  private void follow(BinlogAccess.Granted end) throws IOException {
    try (Socket opened = new Socket()) {
      socket = opened;
      if (worker.isStopping()) {
        return;
      }
      BinlogStream stream = BinlogStream.open(opened, mysql.options(), end, serverId);
      // The first thing that comes says where the stream begins.
      stream.next();
      live = true;
      ring();
      said = null;
      log.info("the binlog of {} tells of changes", mysql.options());
      while (!worker.isStopping()) {
        if (stream.next()) {
          ring();
        }
      }
    } finally {
      if (live) {
        live = false;
        ring();
      }
    }
  }

  /** Once for each cause. */
  private void say(Level level, String cause) {
    if (!worker.isStopping() && !cause.equals(said)) {
      log.atLevel(level)
          .log("no doorbell, the change log of {} is polled: {}", mysql.options(), cause);
      said = cause;
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
