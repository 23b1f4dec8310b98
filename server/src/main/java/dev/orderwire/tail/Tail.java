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

  private static final String LOOKING_FOR_END = "looking for the end of the change log";

  /** Chooses the proof that gaps are dead, for each new session. */
  interface Proofs {
    GapProof of(Connection session) throws SQLException;
  }

  private final Mysql mysql;
  private final Proofs proofs;
  private final MomentReader reader;
  private final Worker worker = Worker.platform("tail", this::run);
  private final Markers markers = new Markers();
  private final ReadPacer pacer;
  private final Doorbell doorbell;
  private final Arrivals arrivals;
  private final Leadership leadership;
  private boolean doorbellStarted;

  /** Whether the newest line of the log says that this follows the change log. */
  private boolean announced;

  private volatile boolean reopening;
  private volatile @Nullable Connection connection;
  private volatile TailStatus status;
  private GapProof proof = new NoProof();
  private long nextGapCheck;
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
    this(
        mysql,
        tables,
        start,
        listener,
        doorbell,
        null,
        LeadListener.NONE,
        GapProof::of,
        new ReadPacer());
  }

  /**
   * Creates a tail that reads what the upstream does not bring, and everything while it {@link
   * #lead}s.
   */
  public Tail(
      Mysql mysql,
      List<TableVersion> tables,
      Position start,
      MomentListener listener,
      Doorbell doorbell,
      Upstream upstream,
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
    this.proofs = proofs;
    this.pacer = pacer;
    this.reader = new MomentReader(tables, markers, start, listener);
    this.arrivals = new Arrivals(upstream, reader);
    this.status = new TailStatus.Waiting("not started yet", Instant.now());
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
    return reader.behind().<TailStatus>map(behind -> behind).orElse(status);
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
        waiting("the tail stopped unexpectedly; restart the server", Instant.now());
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
      status = new TailStatus.Following(Instant.now());
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
    proof = proofs.of(opened);
    nextGapCheck = System.nanoTime();
    reader.forgetObservations();
  }

  private void waiting(String cause, Instant since) {
    reader.forgetProgress();
    status = new TailStatus.Waiting(cause, since);
  }

  private void restart(Connection opened, String warning) throws SQLException {
    if (status instanceof TailStatus.Following) {
      // This may take long: the whole log is walked if transactions are open.
      waiting(LOOKING_FOR_END, Instant.now());
    }
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
    if (!announced) {
      announced = true;
      log.info("Following the change log of {}", mysql.options());
    }
    status = new TailStatus.Following(Instant.now());
    if (!reader.position().gaps().isEmpty() && ended - nextGapCheck >= 0) {
      if (!reader.checkGaps(opened, proof)) {
        restart(
            opened,
            "Retention has deleted changes from the change log of {} that this server had not read: continuing at its end, with a reset of all tables");
      }
      nextGapCheck = System.nanoTime() + proof.pause().toNanos();
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
      wait = Math.min(wait, Math.max(nextGapCheck - ended, pacer.waitAfterRing()));
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
    String cause = Mysql.reason(e);
    if (announced && !mysql.isOutage(e) && !mysql.isAway()) {
      announced = false;
      log.warn("Cannot read the change log of {}: {}; retrying", mysql.options(), cause);
    }
    Instant since =
        status instanceof TailStatus.Waiting before && !before.cause().equals(LOOKING_FOR_END)
            ? before.since()
            : Instant.now();
    waiting(cause, since);
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
