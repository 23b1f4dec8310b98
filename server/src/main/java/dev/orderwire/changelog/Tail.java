package dev.orderwire.changelog;

import dev.orderwire.change.Change;
import dev.orderwire.change.Ids;
import dev.orderwire.change.OrderwireException;
import dev.orderwire.change.Position;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one loop of a process that follows the change log. Each read is one statement in autocommit,
 * {@code id > head OR id IN (gaps)}: one consistent state of the database, so that what committed
 * together arrives together, and an id that becomes visible late is found wherever it lies. A
 * change is passed on when it becomes visible; nothing waits for a gap, and no gap is given up
 * before it is proven dead ({@link LogWriters}).
 *
 * <p>When MySQL goes away the tail waits and tries again, from the position that it has; that costs
 * nothing but time. It runs on a thread of its own, which is no virtual one: those are not taken
 * off a core, and two busy snapshots would hold up the loop that everybody waits for.
 */
public final class Tail implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Tail.class);

  private static final int PAGE_CHANGES = 1_000;
  private static final long PAGE_SIZE = 1 << 20;
  private static final long OBSERVE_EVERY = Duration.ofMillis(100).toNanos();
  private static final Duration FIRST_RETRY = Duration.ofMillis(50);
  private static final Duration LONGEST_RETRY = Duration.ofSeconds(2);

  private final Mysql mysql;
  private final ChangeReader reader;
  private final TailListener listener;
  private final Thread thread = Thread.ofPlatform().name("tail").daemon().unstarted(this::run);
  private final Gaps gaps = new Gaps();
  private final Pause pause = new Pause();
  private final LongAdder reads = new LongAdder();
  private final LongAdder changes = new LongAdder();

  private volatile boolean closed;
  private volatile @Nullable Connection connection;
  private volatile TailStatus status;
  private volatile Position position;
  private volatile @Nullable String damage;

  /** Whether a part of a moment was passed on whose end has not been. */
  private boolean midMoment;

  private boolean seesWriters;
  private long lastObservation;

  /**
   * Where a new tail begins: at the change log's end, as it is now. Blocks.
   *
   * @throws OrderwireException {@code no_change_log} where nothing is installed, {@code
   *     mysql_unavailable} where MySQL cannot be asked
   */
  public static Position end(Mysql mysql) {
    return LogStart.read(mysql);
  }

  /**
   * @param start what counts as seen; {@link #end} for a new one
   * @param listener told of everything after that
   */
  public Tail(Mysql mysql, Catalog catalog, Position start, TailListener listener) {
    this.mysql = mysql;
    this.reader = new ChangeReader(catalog);
    this.position = start;
    this.listener = listener;
    this.status = new TailStatus.Waiting("not started yet", Instant.now());
  }

  /** Begins to read; once only. */
  public void start() {
    thread.start();
  }

  public TailStatus status() {
    return status;
  }

  /** All that has been read. */
  public Position position() {
    return position;
  }

  /** How often the change log was read. */
  public long reads() {
    return reads.sum();
  }

  /** How many changes were read. */
  public long changes() {
    return changes.sum();
  }

  /** How many ids below head may still become visible. */
  public long gaps() {
    return position.gaps().size();
  }

  /** Why some changes could not be passed on, where there were such; the newest cause. */
  public Optional<String> damage() {
    return Optional.ofNullable(damage);
  }

  /** Ends the loop and waits for it. */
  @Override
  public void close() {
    closed = true;
    Connection open = connection;
    if (open != null) {
      abort(open);
    }
    LockSupport.unpark(thread);
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void run() {
    try {
      readUntilClosed();
    } finally {
      if (!closed) {
        status = new TailStatus.Waiting("the tail ended; restart the server", Instant.now());
      }
    }
  }

  private void readUntilClosed() {
    Duration retry = FIRST_RETRY;
    while (!closed) {
      try (Connection opened = mysql.open()) {
        connection = opened;
        prepare(opened);
        while (!closed) {
          follow(opened);
          retry = FIRST_RETRY;
        }
      } catch (SQLException | RuntimeException e) {
        if (!closed) {
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
    if (!epoch.equals(position.epoch())) {
      throw new OrderwireException(
          "epoch",
          "the change log was replaced by another one (epoch "
              + epoch
              + ", followed was "
              + position.epoch()
              + "); restart the server to follow it");
    }
    seesWriters = LogWriters.areShown(opened);
  }

  private void follow(Connection opened) throws SQLException {
    long began = System.nanoTime();
    boolean news = read(opened);
    long ended = System.nanoTime();
    if (status instanceof TailStatus.Waiting waited) {
      log.info("follows the change log of {} (was waiting: {})", mysql.options(), waited.cause());
    }
    status = new TailStatus.Following(Instant.now());
    if (seesWriters && !position.gaps().isEmpty() && ended - lastObservation >= OBSERVE_EVERY) {
      gaps.observe(position.gaps(), LogWriters.now(opened));
      lastObservation = ended;
    }
    LockSupport.parkNanos(pause.after(began, ended, news));
  }

  /** One statement, one snapshot: whatever it finds is passed on as one moment. */
  private boolean read(Connection opened) throws SQLException {
    Position before = position;
    try (Statement statement =
        opened.createStatement(ResultSet.TYPE_FORWARD_ONLY, ResultSet.CONCUR_READ_ONLY)) {
      // Row by row: a moment of any size passes through in pages.
      statement.setFetchSize(Integer.MIN_VALUE);
      Page page = new Page();
      try (ResultSet rows = statement.executeQuery(newsSince(before))) {
        while (rows.next()) {
          long id = ChangeReader.id(rows);
          if (!before.covers(id)) {
            page.add(id, change(rows, id));
            if (page.isFull()) {
              pass(page, Ids.NONE, false);
              page = new Page();
            }
          }
        }
      }
      reads.increment();
      Ids dead = gaps.dead(position.with(page.ids.build()).gaps());
      boolean news = !page.isEmpty() || !position.equals(before) || midMoment || !dead.isEmpty();
      if (news) {
        pass(page, dead, true);
      }
      return news;
    }
  }

  private static String newsSince(Position position) {
    return "SELECT "
        + ChangeReader.COLUMNS
        + " FROM "
        + ChangeLogTable.NAME
        + " WHERE id > "
        + position.head()
        + (position.gaps().isEmpty() ? "" : " OR " + LogIds.in(position.gaps()))
        + " ORDER BY id";
  }

  private @Nullable Change change(ResultSet row, long id) throws SQLException {
    try {
      Optional<Change> change = reader.read(row);
      if (change.isEmpty()) {
        damaged(
            id, "its trigger no longer fits the table; restart the server to renew the triggers");
      }
      return change.orElse(null);
    } catch (IllegalArgumentException e) {
      damaged(id, "it is not what a trigger writes: " + e.getMessage());
      return null;
    }
  }

  private void damaged(long id, String why) {
    damage = "change " + id + " could not be passed on: " + why;
    log.error(damage);
  }

  private void pass(Page page, Ids dead, boolean complete) {
    Position after = position.with(page.ids.build()).withoutGaps(dead);
    position = after;
    midMoment = !complete;
    changes.add(page.changes.size());
    listener.onMoment(page.changes, after, complete);
  }

  private void waitAfter(Exception e, Duration retry) {
    String cause = e.getMessage() == null ? e.toString() : e.getMessage();
    if (status instanceof TailStatus.Following) {
      log.warn("cannot read the change log of {}: {}; trying again", mysql.options(), cause);
      status = new TailStatus.Waiting(cause, Instant.now());
    } else if (status instanceof TailStatus.Waiting waiting) {
      status = new TailStatus.Waiting(cause, waiting.since());
    }
    LockSupport.parkNanos(retry.toNanos());
  }

  private static void abort(Connection open) {
    try {
      open.abort(Runnable::run);
    } catch (SQLException e) {
      log.debug("aborting the tail's connection", e);
    }
  }

  /** What is passed on at once. */
  private static final class Page {
    private final List<Change> changes = new ArrayList<>();
    private final Ids.Builder ids = new Ids.Builder();
    private boolean empty = true;
    private long size;

    void add(long id, @Nullable Change change) {
      ids.add(id, id);
      empty = false;
      if (change != null) {
        changes.add(change);
        size += ChangeReader.size(change);
      }
    }

    boolean isFull() {
      return changes.size() >= PAGE_CHANGES || size >= PAGE_SIZE;
    }

    boolean isEmpty() {
      return empty;
    }
  }
}
