package dev.orderwire.tail;

import dev.orderwire.change.OrderwireException;
import dev.orderwire.change.Position;
import dev.orderwire.changelog.ChangeLogTable;
import dev.orderwire.changelog.TableVersions;
import dev.orderwire.feed.MomentListener;
import dev.orderwire.feed.TableVersion;
import dev.orderwire.lifecycle.Worker;
import dev.orderwire.mysql.Mysql;
import dev.orderwire.tail.doorbell.Doorbell;
import dev.orderwire.tail.gaps.GapProof;
import dev.orderwire.tail.gaps.NoProof;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one loop of a process that follows the change log. Each read is one statement in autocommit,
 * {@code id > head OR id IN (gaps)}: one consistent state of the database, so that what committed
 * together arrives together, and an id that becomes visible late is found wherever it lies. A
 * change is passed on when it becomes visible; nothing waits for a gap, and no gap is given up
 * before it is proven dead ({@link GapProof}).
 *
 * <p>It reads when its {@link Doorbell} rings, and otherwise as {@link ReadPacer} says.
 *
 * <p>When MySQL goes away the tail waits and tries again, from the position that it has; that costs
 * nothing but time. It runs on a thread of its own, which is no virtual one: those are not taken
 * off a core, and two busy snapshots would hold up the loop that everybody waits for.
 */
public final class Tail implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Tail.class);

  private static final Duration FIRST_RETRY = Duration.ofMillis(50);
  private static final Duration LONGEST_RETRY = Duration.ofSeconds(2);

  /** Where the proof that gaps are dead comes from, for each new session. */
  public interface Proofs {
    GapProof of(Connection session) throws SQLException;
  }

  private final Mysql mysql;
  private final Proofs proofs;
  private final MomentReader reader;
  private final Worker worker = Worker.platform("tail", this::run);
  private final Markers markers = new Markers();
  private final ReadPacer pause;
  private final Doorbell bell;

  private volatile boolean replaced;
  private volatile @Nullable Connection connection;
  private volatile TailStatus status;

  private GapProof proof = new NoProof();
  private long nextLook;
  private long heard;

  /**
   * Where a new tail begins: at the change log's end, as it is now. Blocks.
   *
   * @throws OrderwireException {@code no_change_log} where nothing is installed, {@code
   *     mysql_unavailable} where MySQL cannot be asked
   */
  public static Position end(Mysql mysql) {
    return TailStart.read(mysql);
  }

  /**
   * One that no bell tells of changes: it asks.
   *
   * @param tables the watched tables as they are now
   * @param start what counts as seen; {@link #end} for a new one
   * @param listener told of everything after that
   */
  public Tail(Mysql mysql, List<TableVersion> tables, Position start, MomentListener listener) {
    this(mysql, tables, start, listener, Doorbell.NONE);
  }

  /**
   * The same with a bell.
   *
   * @param bell not started yet; the tail starts and closes it
   */
  public Tail(
      Mysql mysql,
      List<TableVersion> tables,
      Position start,
      MomentListener listener,
      Doorbell bell) {
    this(mysql, tables, start, listener, bell, GapProof::of, new ReadPacer());
  }

  Tail(
      Mysql mysql,
      List<TableVersion> tables,
      Position start,
      MomentListener listener,
      Doorbell bell,
      Proofs proofs,
      ReadPacer pause) {
    this.mysql = mysql;
    this.bell = bell;
    this.proofs = proofs;
    this.pause = pause;
    this.reader = new MomentReader(tables, markers, start, listener);
    this.status = new TailStatus.Waiting("not started yet", Instant.now());
  }

  /** Begins to read; once only. */
  public void start() {
    bell.start(worker::wake);
    worker.start();
  }

  public TailStatus status() {
    return status;
  }

  /** All that has been read. */
  public Position position() {
    return reader.position();
  }

  /** How often the change log was read. */
  public long reads() {
    return reader.reads();
  }

  /** How many changes were read. */
  public long changes() {
    return reader.changes();
  }

  /** How many ids below head may still become visible. */
  public long gaps() {
    return reader.position().gaps().size();
  }

  /**
   * How many changes came whose gap had been called dead: 0, unless a proof was wrong. Each is an
   * error in the log.
   */
  public long foundDead() {
    return reader.foundDead();
  }

  /** Why some changes could not be passed on, where there were such; the newest cause. */
  public Optional<String> damage() {
    return reader.damage();
  }

  /** What tells it of changes, where something does. */
  public Doorbell bell() {
    return bell;
  }

  /** What could not be written down, as it is found. */
  public Markers markers() {
    return markers;
  }

  /** The change log is another one than that of {@link #position}: it is looked at anew. */
  public void replaced() {
    replaced = true;
    worker.wake();
  }

  /** Ends the loop and waits for it. */
  @Override
  public void close() {
    worker.stop(() -> {
      bell.close();
      Connection open = connection;
      if (open != null) {
        abort(open);
      }
    });
  }

  private void run() {
    try {
      readUntilClosed();
    } finally {
      if (!worker.isStopping()) {
        status = new TailStatus.Waiting("the tail ended; restart the server", Instant.now());
      }
    }
  }

  private void readUntilClosed() {
    Duration retry = FIRST_RETRY;
    while (!worker.isStopping()) {
      try (Connection opened = mysql.openForPreparedStatements()) {
        connection = opened;
        prepare(opened);
        while (!worker.isStopping() && !replaced) {
          follow(opened);
          retry = FIRST_RETRY;
        }
        replaced = false;
      } catch (SQLException | RuntimeException e) {
        if (!worker.isStopping()) {
          waitAfter(e, retry);
          retry =
              retry.multipliedBy(2).compareTo(LONGEST_RETRY) < 0
                  ? retry.multipliedBy(2)
                  : LONGEST_RETRY;
        }
      }
    }
  }

  private void prepare(Connection opened) throws SQLException {
    String epoch = ChangeLogTable.epoch(opened);
    if (!epoch.equals(reader.position().epoch())) {
      restart(opened, "was replaced; follows the new one");
    }
    proof = proofs.of(opened);
    nextLook = System.nanoTime();
    reader.forgetWriters();
  }

  private void restart(Connection opened, String why) throws SQLException {
    Position start = TailStart.read(mysql);
    List<TableVersion> tables = TableVersions.read(opened, reader.tables());
    log.warn("the change log of {} {}", mysql.options(), why);
    reader.restart(start, tables);
  }

  private void follow(Connection opened) throws SQLException {
    // Before the read: a ring that comes during it may tell of what it does not see.
    long rings = bell.rings();
    boolean rung = rings != heard;
    heard = rings;
    long began = System.nanoTime();
    boolean news = reader.read(opened);
    long ended = System.nanoTime();
    pause.after(began, ended, news, rung);
    if (status instanceof TailStatus.Waiting waited) {
      log.info("follows the change log of {} (was waiting: {})", mysql.options(), waited.cause());
    }
    status = new TailStatus.Following(Instant.now());
    if (!reader.position().gaps().isEmpty() && ended - nextLook >= 0) {
      if (!reader.observe(opened, proof)) {
        restart(
            opened, "has lost changes to retention that were never read here; goes on at its end");
      }
      nextLook = System.nanoTime() + proof.pause().toNanos();
    }
    reader.sweep(opened);
    restFrom(ended);
  }

  private void restFrom(long ended) {
    long rest = bell.isLive() ? pause.unrung() : pause.byTheClock();
    if (!reader.position().gaps().isEmpty()) {
      rest = Math.min(rest, Math.max(nextLook - ended, pause.rung()));
    }
    while (!worker.isStopping() && !replaced) {
      long left = ended - System.nanoTime() + (bell.rings() == heard ? rest : pause.rung());
      if (left <= 0) {
        return;
      }
      LockSupport.parkNanos(left);
    }
  }

  private void waitAfter(Exception e, Duration retry) {
    String cause = Mysql.reason(e);
    if (status instanceof TailStatus.Following) {
      log.warn("cannot read the change log of {}: {}; trying again", mysql.options(), cause);
      status = new TailStatus.Waiting(cause, Instant.now());
    } else if (status instanceof TailStatus.Waiting waiting) {
      status = new TailStatus.Waiting(cause, waiting.since());
    }
    // Not woken by the bell: what cannot be read now cannot be read because something commits.
    boolean before = replaced;
    long end = System.nanoTime() + retry.toNanos();
    long left = retry.toNanos();
    while (!worker.isStopping() && replaced == before && left > 0) {
      LockSupport.parkNanos(left);
      left = end - System.nanoTime();
    }
  }

  private static void abort(Connection open) {
    try {
      open.abort(Runnable::run);
    } catch (SQLException e) {
      log.debug("aborting the tail's connection", e);
    }
  }
}
