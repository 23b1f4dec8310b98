package dev.orderwire.auth.held;

import dev.orderwire.change.Change;
import dev.orderwire.change.ErrorCode;
import dev.orderwire.change.OrderwireException;
import dev.orderwire.change.Position;
import dev.orderwire.change.Table;
import dev.orderwire.feed.Catalog;
import dev.orderwire.feed.Feed;
import dev.orderwire.feed.Moment;
import dev.orderwire.feed.Preview;
import dev.orderwire.feed.SnapshotReader;
import dev.orderwire.feed.TableAlteredException;
import dev.orderwire.feed.TableVersion;
import dev.orderwire.lifecycle.Backoff;
import dev.orderwire.view.Scope;
import dev.orderwire.view.View;
import dev.orderwire.view.ViewIndex;
import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;

/**
 * Holds rows in memory, and keeps them as the feed says. Rows are read once, with the position that
 * they stand for; the changes after it come from the feed. Rows that nobody refers to any more are
 * forgotten. Safe for any number of threads.
 */
public final class HeldTables implements Preview, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(HeldTables.class);

  private static final int PAGE_ROWS = 1_000;
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final Duration RETRY = Duration.ofMillis(100);
  private static final Duration LONGEST_RETRY = Duration.ofSeconds(5);
  private static final int MOST_READS = 2;

  /** Lets the index refer to rows without keeping them. */
  private static final class Slot extends WeakReference<HeldRows> {
    private final View view;

    Slot(HeldRows rows, View view, ReferenceQueue<HeldRows> gone) {
      super(rows, gone);
      this.view = view;
    }
  }

  private final Feed feed;
  private final Catalog catalog;
  private final SnapshotReader reader;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final ViewIndex<Slot> index = new ViewIndex<>();
  private final Map<HeldRows, Slot> slots = new WeakHashMap<>();
  private final ReferenceQueue<HeldRows> gone = new ReferenceQueue<>();

  private final Semaphore turns = new Semaphore(MOST_READS, true);

  /** The moments that have changed held rows. */
  private final NavigableSet<Long> changing = new ConcurrentSkipListSet<>();

  /** The tables of which nothing can be known. */
  private Set<String> uncaptured = Set.of();

  private Position position;

  /** The sequence of the newest moment. */
  private long newest;

  /** Follows the feed from now on. Before the tail starts. */
  public HeldTables(Feed feed, Catalog catalog, SnapshotReader reader) {
    this.feed = feed;
    this.catalog = catalog;
    this.reader = reader;
    Feed.Place end = feed.end();
    this.position = end.position();
    this.newest = end.cursor() - 1;
    feed.addPreview(this);
  }

  /**
   * The sets of lookups after a moment.
   *
   * @param sequence {@link HeldMembership#NOW} for the newest moment
   * @throws OrderwireException {@code lookup_too_large}; {@code lookup_unavailable} if a table is
   *     being read again
   */
  public HeldMembership membership(Map<String, HeldLookup> lookups, long sequence) {
    synchronized (this) {
      return new HeldMembership(this, lookups, sequence, Math.min(sequence, newest));
    }
  }

  /** Whether a moment changes rows that are held. */
  public boolean changesAt(long sequence) {
    return changing.contains(sequence);
  }

  /** Records that a moment changes what is held. Under the lock. */
  void changed(long sequence) {
    changing.add(sequence);
  }

  /** The oldest moment that a reader of the feed may still ask about. */
  long oldest() {
    return feed.oldest();
  }

  @Override
  public void onMoment(Moment moment) {
    synchronized (this) {
      newest = moment.sequence();
      position = moment.position();
      Set<HeldRows> changed = new HashSet<>();
      for (Change change : moment.changes()) {
        index.find(
            change,
            slot ->
                with(
                    slot,
                    rows -> {
                      changed.add(rows);
                      rows.change(newest, change);
                    }));
      }
      changed.forEach(each -> with(each, rows -> rows.endMoment(newest)));
      for (TableVersion reset : moment.resets()) {
        index.all(reset.table().name(), slot -> with(slot, rows -> readAgain(rows, newest)));
      }
      forget();
      notifyAll();
    }
  }

  @Override
  public void onRestart(Position from, long sequence) {
    synchronized (this) {
      newest = sequence;
      position = from;
      index.all(slot -> with(slot, rows -> readAgain(rows, sequence)));
      notifyAll();
    }
  }

  /**
   * Takes note of the watched tables of which nothing can be known, since they are missing or their
   * changes are not captured. Their rows decide nothing from the next moment on, until the table is
   * captured and read again.
   */
  public synchronized void uncaptured(Set<String> names) {
    Set<String> before = uncaptured;
    uncaptured = Set.copyOf(names);
    for (String name : names) {
      List<HeldRows> held = new ArrayList<>();
      if (!before.contains(name)) {
        index.all(name, slot -> with(slot, held::add));
      }
      if (!held.isEmpty()) {
        LOG.warn(
            "The table {} is missing, or its changes are not captured: clients wait whose rows"
                + " depend on it",
            name);
      }
      // No reader can have seen the next moment yet.
      held.forEach(each -> with(each, rows -> readAgain(rows, newest + 1)));
    }
  }

  private synchronized boolean isUncaptured(String table) {
    return uncaptured.contains(table);
  }

  private void with(Slot slot, Consumer<HeldRows> action) {
    HeldRows rows = slot.get();
    if (rows != null) {
      with(rows, action);
    }
  }

  private void with(HeldRows rows, Consumer<HeldRows> action) {
    try {
      action.accept(rows);
    } catch (RuntimeException e) {
      // A defect. The tail goes on; the rows are read again.
      LOG.error("Failed to follow the table {}", rows.table(), e);
      readAgain(rows, newest);
    }
  }

  /** Forgets rows from a moment on, and reads them again. Under the lock. */
  void readAgain(HeldRows rows, long sequence) {
    boolean held = rows.isValid();
    rows.invalidate(sequence);
    if (held) {
      WeakReference<HeldRows> wanted = new WeakReference<>(rows);
      threads.execute(() -> readUntilHeld(wanted));
    }
  }

  /** Tries until the rows are held, or nobody wants them any more. */
  private void readUntilHeld(WeakReference<HeldRows> wanted) {
    Backoff backoff = new Backoff(RETRY, LONGEST_RETRY);
    boolean warned = false;
    while (!threads.isShutdown()) {
      HeldRows rows = wanted.get();
      if (rows == null) {
        return;
      }
      try {
        if (!isUncaptured(rows.table())) {
          hold(rows);
          if (warned) {
            LOG.info(
                "The rows of {} that decide what clients may see are read again", rows.table());
          }
          return;
        }
      } catch (RuntimeException e) {
        if (!warned && !threads.isShutdown()) {
          LOG.warn(
              "Cannot read the rows of {} that decide what clients may see; clients that need them"
                  + " wait",
              rows.table(),
              e);
          warned = true;
        }
      }
      rows = null;
      if (!pause(backoff.next())) {
        return;
      }
    }
  }

  private void forget() {
    for (Reference<? extends HeldRows> each = gone.poll(); each != null; each = gone.poll()) {
      Slot slot = (Slot) each;
      index.remove(slot.view, slot);
    }
    changing.headSet(feed.oldest()).clear();
  }

  /**
   * Reads rows, and holds them as long as the caller refers to them.
   *
   * @throws OrderwireException {@code lookup_unavailable} if the table is missing, or if nothing
   *     reads the change log now; {@code mysql_unavailable}
   */
  void hold(HeldRows rows) {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (true) {
      try {
        if (read(rows)) {
          return;
        }
      } catch (TableAlteredException e) {
        LOG.info("The rows of {} are read again: {}", rows.table(), e.getMessage());
      }
      if (System.nanoTime() > deadline || !pause(RETRY)) {
        throw unavailable(rows.table() + " is being altered");
      }
    }
  }

  private boolean read(HeldRows rows) {
    Table table =
        catalog
            .table(rows.table())
            .orElseThrow(() -> unavailable("the table %s is missing".formatted(rows.table())));
    JsonNode where = rows.where();
    View view = View.of(table, where == null ? Scope.EVERYTHING : Scope.ofRows(where), null, null);
    Position known;
    synchronized (this) {
      if (uncaptured.contains(table.name())) {
        throw unavailable("the table %s is missing or cannot be captured".formatted(table.name()));
      }
      Slot before = slots.get(rows);
      if (before != null) {
        index.remove(before.view, before);
      }
      Slot slot = new Slot(rows, view, gone);
      slots.put(rows, slot);
      rows.beginReading(view);
      index.add(view, slot);
      known = position;
    }
    Reading reading = new Reading(rows, view);
    readInTurn(table, view, known, reading);
    Position at = reading.at();
    awaitPassing(at);
    if (catalog.isVoid(table, at)) {
      // It was altered meanwhile: its values may mean something else.
      return false;
    }
    synchronized (this) {
      boolean finished = rows.finishReading(reading.found(), at, newest);
      notifyAll();
      return finished;
    }
  }

  /** No more than a few at once: clients need MySQL too. */
  private void readInTurn(Table table, View view, Position known, Reading reading) {
    try {
      turns.acquire();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw unavailable("the server is shutting down");
    }
    try {
      reader.read(table, view.prefilter(), null, known, PAGE_ROWS, reading);
    } finally {
      turns.release();
    }
  }

  /**
   * Waits until the feed has passed a position.
   *
   * @throws OrderwireException {@code lookup_unavailable} if it does not
   */
  void awaitPassing(Position passed) {
    await(
        () -> !passed.epoch().equals(position.epoch()) || position.coversAllOf(passed),
        "the change log is not being read");
  }

  /**
   * Waits until rows are held.
   *
   * @throws OrderwireException {@code lookup_unavailable} if that takes too long
   */
  void awaitValid(HeldRows rows) {
    await(rows::isValid, rows.table() + " is being read");
  }

  private synchronized void await(BooleanSupplier condition, String obstacle) {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (!condition.getAsBoolean()) {
      long left = (deadline - System.nanoTime()) / 1_000_000;
      if (left <= 0) {
        throw unavailable(obstacle);
      }
      try {
        wait(left);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw unavailable("the server is shutting down");
      }
    }
  }

  private static boolean pause(Duration time) {
    try {
      Thread.sleep(time);
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  static OrderwireException unavailable(String reason) {
    return new OrderwireException(
        ErrorCode.LOOKUP_UNAVAILABLE,
        "what this identity may see cannot be looked up now: %s; try again".formatted(reason));
  }

  @Override
  public void close() {
    threads.shutdownNow();
  }
}
