package dev.orderwire.tail;

import dev.orderwire.change.OrderwireException;
import dev.orderwire.change.Position;
import dev.orderwire.changelog.ChangeLogTable;
import dev.orderwire.changelog.OpenMarkers;
import dev.orderwire.changelog.TableVersions;
import dev.orderwire.feed.MomentListener;
import dev.orderwire.feed.TableVersion;
import dev.orderwire.lifecycle.Backoff;
import dev.orderwire.lifecycle.Worker;
import dev.orderwire.mysql.Mysql;
import dev.orderwire.mysql.SessionCheck;
import dev.orderwire.tail.doorbell.Doorbell;
import dev.orderwire.tail.gaps.GapProof;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows the change log, in one loop per process. Each read is one autocommit statement, {@code id
 * > head OR id IN (gaps)}, and so sees one consistent state of the database: changes that committed
 * together arrive together, and an id that becomes visible late is found wherever it lies. A change
 * is delivered as soon as it is visible. Nothing waits for a gap, and no gap is given up before it
 * is proven dead ({@link GapProof}).
 *
 * <p>The tail reads when its {@link Doorbell} rings, and otherwise at the pace of {@link
 * ReadPacer}.
 *
 * <p>When MySQL is away, the tail waits and retries from its position; that costs nothing but time.
 * It runs on a platform thread, since virtual threads are not preempted: two busy snapshots could
 * delay the loop that every client depends on.
 */
public final class Tail implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Tail.class);

  private static final Duration FIRST_RETRY = Duration.ofMillis(50);
  private static final Duration LONGEST_RETRY = Duration.ofSeconds(2);

  /** How long the tail waits for the upstream before it looks for other things to do. */
  private static final long UPSTREAM_WAIT_MILLIS = 100;

  /** How often the tail reads what it misses. */
  private static final long MISSING_WAIT_NANOS = 20_000_000;

  /** Chooses the proof that gaps are dead, for each new session. */
  interface Proofs {
    GapProof of(Connection session) throws SQLException;
  }

  private final Mysql mysql;
  private final GapChecks gapChecks;
  private final MomentReader reader;
  private final Worker worker = Worker.platform("tail", this::run);
  private final Markers markers = new Markers();
  private final ReadPacer pacer;
  private final Doorbell doorbell;
  private final Arrivals arrivals;
  private final Leadership leadership;
  private final TailState state;
  private boolean doorbellStarted;

  private volatile boolean reopening;
  private volatile @Nullable Connection connection;
  private long ringsSeen;

  /**
   * Returns the current end of the change log, where a new tail begins. Blocks.
   *
   * @throws OrderwireException {@code no_change_log} if nothing is installed, {@code
   *     mysql_unavailable} if MySQL cannot be reached
   */
  public static Position end(Mysql mysql) {
    return TailStart.read(mysql);
  }

  /**
   * Creates a tail without starting it.
   *
   * @param tables the watched tables in their current shapes
   * @param start what counts as seen; {@link #end} for a new tail
   * @param listener takes everything after that
   * @param doorbell not started yet: the tail starts and closes it. With {@link Doorbell#NONE} the
   *     tail polls
   */
  public Tail(
      Mysql mysql,
      List<TableVersion> tables,
      Position start,
      MomentListener listener,
      Doorbell doorbell) {
    this(mysql, tables, start, listener, doorbell, null, LeadListener.NONE);
  }

  /**
   * Creates a tail that reads what the upstream does not bring, and everything while it {@link
   * #lead}s.
   *
   * @param upstream null if there is none
   */
  public Tail(
      Mysql mysql,
      List<TableVersion> tables,
      Position start,
      MomentListener listener,
      Doorbell doorbell,
      @Nullable Upstream upstream,
      LeadListener leadListener) {
    this(
        mysql,
        tables,
        start,
        listener,
        doorbell,
        upstream,
        leadListener,
        GapProof::of,
        new ReadPacer());
  }

  Tail(
      Mysql mysql,
      List<TableVersion> tables,
      Position start,
      MomentListener listener,
      Doorbell doorbell,
      @Nullable Upstream upstream,
      LeadListener leadListener,
      Proofs proofs,
      ReadPacer pacer) {
    this.mysql = mysql;
    this.leadership = new Leadership(leadListener);
    this.doorbell = doorbell;
    this.gapChecks = new GapChecks(proofs);
    this.pacer = pacer;
    this.reader = new MomentReader(tables, markers, start, listener);
    this.arrivals = new Arrivals(upstream, reader);
    this.state = new TailState(mysql);
  }

  /** Begins to read. Call it once. */
  public void start() {
    reader.begin();
    worker.start();
  }

  /**
   * Leads: from now on, the tail reads everything itself, over the connection that holds the lead.
   * It closes the connection when it fails, or when the tail is closed.
   */
  public void lead(Lead granted) {
    leadership.grant(granted);
    worker.wake();
  }

  /** Whether the tail still leads by this lead. */
  public boolean leads(Lead granted) {
    return leadership.is(granted);
  }

  /** Whether the tail leads. */
  public boolean leads() {
    return !leadership.is(null);
  }

  public TailStatus status() {
    return reader.behind().<TailStatus>map(behind -> behind).orElse(state.status());
  }

  /** The position up to which everything has been read. */
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

  /** How many ids below the head may still become visible. */
  public long gaps() {
    return reader.position().gaps().size();
  }

  /**
   * How many changes were found after their gap was declared dead: 0, unless a proof was wrong.
   * Each is logged as an error.
   */
  public long foundDead() {
    return reader.foundDead();
  }

  /** A row of the change log that could not be read, and why, until its table is reset. */
  public Optional<String> unreadableRow() {
    return reader.unreadableRow();
  }

  public Doorbell doorbell() {
    return doorbell;
  }

  /** The markers that were read and whose tables have not been reset yet. */
  public Markers markers() {
    return markers;
  }

  /** Opens the change log again: call this when its epoch is not that of {@link #position}. */
  public void reopen() {
    reopening = true;
    worker.wake();
  }

  /** Ends the loop and waits for its end. */
  @Override
  public void close() {
    worker.stop(() -> {
      doorbell.close();
      Connection open = connection;
      if (open != null) {
        Mysql.abort(open);
      }
    });
  }

  private void run() throws InterruptedException {
    try {
      readUntilClosed();
    } finally {
      if (!worker.isStopping()) {
        reader.forgetProgress();
        state.stoppedUnexpectedly();
      }
    }
  }

  private void readUntilClosed() throws InterruptedException {
    Backoff backoff = new Backoff(FIRST_RETRY, LONGEST_RETRY);
    while (!worker.isStopping()) {
      followUpstream();
      Lead leading = leadership.lead();
      try (Connection opened =
          leading == null ? mysql.openForPreparedStatements() : leading.holder()) {
        connection = opened;
        readOver(opened, leading, backoff);
      } catch (SQLException | RuntimeException e) {
        leadership.resign(leading);
        if (!worker.isStopping()) {
          waitToRetry(e, backoff.next());
        }
      }
      leadership.resign(leading);
    }
  }

  /**
   * Reads until there is a reason not to. A leader keeps the lead for as long as its session lasts:
   * if the change log cannot be read, no other process could read it, and the leader repairs it.
   */
  private void readOver(Connection opened, @Nullable Lead leading, Backoff backoff)
      throws SQLException, InterruptedException {
    boolean begun = false;
    do {
      reopening = false;
      try {
        prepare(opened);
        if (!begun) {
          leadership.begin(leading, reader.position());
          begun = true;
        }
        ringFor(leading);
        while (!worker.isStopping() && !reopening && !givesWay(leading)) {
          follow(opened);
          backoff.reset();
        }
      } catch (SQLException | RuntimeException e) {
        if (worker.isStopping() || leading == null || !opened.isValid(1)) {
          throw e;
        }
        waitToRetry(e, backoff.next());
      }
    } while (leading != null && leadership.is(leading) && !worker.isStopping());
  }

  /** Without an upstream, and for the lead, the doorbell is worth its connection. */
  private void ringFor(@Nullable Lead leading) {
    if (!doorbellStarted && (leading != null || !arrivals.hasUpstream())) {
      doorbellStarted = true;
      doorbell.start(worker::wake);
    }
  }

  /** Delivers what the upstream brings, until the tail has to read itself. */
  private void followUpstream() throws InterruptedException {
    while (!worker.isStopping() && !leads() && arrivals.deliver(UPSTREAM_WAIT_MILLIS)) {
      // The last read of its own may have taken long, and no other ends that backlog.
      reader.forgetProgress();
      state.upstreamDelivers();
    }
  }

  /** Whether the tail need not read itself any more, or not over this connection. */
  private boolean givesWay(@Nullable Lead leading) throws InterruptedException {
    return !leadership.is(leading) || (leading == null && arrivals.deliverArrived());
  }

  private void prepare(Connection opened) throws SQLException {
    SessionCheck.require(opened, mysql.options());
    String epoch = ChangeLogTable.epoch(opened);
    if (!epoch.equals(reader.position().epoch())) {
      restart(opened, "The change log of {} was replaced: following the new one");
    }
    gapChecks.begin(opened);
    reader.forgetObservations();
  }

  private void restart(Connection opened, String warning) throws SQLException {
    reader.forgetProgress();
    state.looksForEnd();
    Position start = TailStart.read(mysql);
    List<TableVersion> tables = TableVersions.read(opened, reader.tables());
    if (markers.expectsResets()) {
      tables = OpenMarkers.of(opened, tables);
    }
    log.warn(warning, mysql.options());
    reader.restart(start, tables);
  }

  private void follow(Connection opened) throws SQLException {
    // Before the read, which may not see the commit that rings during it.
    long rings = doorbell.rings();
    boolean rang = rings != ringsSeen;
    ringsSeen = rings;
    long began = System.nanoTime();
    boolean found = reader.read(opened);
    long ended = System.nanoTime();
    pacer.afterRead(began, ended, found, rang);
    state.read();
    if (!reader.position().gaps().isEmpty() && gapChecks.dueIn(ended) <= 0) {
      if (!reader.checkGaps(opened, gapChecks.proof())) {
        restart(
            opened,
            "Retention has deleted changes from the change log of {} that this server had not read: continuing at its end, with a reset of all tables");
      }
      gapChecks.checked();
    }
    reader.sweep(opened);
    waitFrom(ended);
  }

  private void waitFrom(long ended) {
    long wait = doorbell.isLive() ? pacer.waitWithoutRing() : pacer.pollWait();
    if (arrivals.hasUpstream() && !leads()) {
      wait = Math.min(wait, MISSING_WAIT_NANOS);
    }
    if (!reader.position().gaps().isEmpty()) {
      wait = Math.min(wait, Math.max(gapChecks.dueIn(ended), pacer.waitAfterRing()));
    }
    while (!worker.isStopping() && !reopening) {
      boolean rang = doorbell.rings() != ringsSeen;
      long left = ended - System.nanoTime() + (rang ? pacer.waitAfterRing() : wait);
      if (left <= 0) {
        return;
      }
      LockSupport.parkNanos(left);
    }
  }

  private void waitToRetry(Exception e, Duration retry) {
    reader.forgetProgress();
    state.failed(e);
    // A ring does not end this wait: a commit does not make the change log readable.
    boolean asked = reopening;
    long end = System.nanoTime() + retry.toNanos();
    long left = retry.toNanos();
    while (!worker.isStopping() && reopening == asked && left > 0) {
      LockSupport.parkNanos(left);
      left = end - System.nanoTime();
    }
  }
}
