package dev.orderwire.bus;

import dev.orderwire.change.Position;
import dev.orderwire.changelog.row.RowParsers;
import dev.orderwire.feed.Catalog;
import dev.orderwire.lifecycle.Worker;
import dev.orderwire.tail.LeadListener;
import dev.orderwire.tail.Upstream;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What arrives over a bus, for the tail. Drops records of an earlier lead and repeats. A thread of
 * its own reads the bus, a little ahead of the tail.
 */
public final class BusUpstream implements Upstream, LeadListener, AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(BusUpstream.class);

  /** After this time without a record, the tail reads itself. */
  private static final Duration SILENCE = Publisher.BEAT.multipliedBy(3);

  /** The same while the bus cannot be followed: a record is due, and none can come. */
  private static final Duration SILENCE_OF_A_BROKEN_BUS = Publisher.BEAT;

  private static final long POLL_MILLIS = 500;
  private static final Duration RETRY = Duration.ofMillis(200);
  private static final int MOST_AHEAD = 1_000;
  private static final long MOST_SIZE_AHEAD = 32 << 20;

  private record Ahead(Next.Step step, int size) {}

  private final Bus bus;
  private final RowParsers parsers;
  private final Worker worker = Worker.platform("bus-follower", this::run);

  /** Guarded by this, as all that follows. */
  private final Deque<Ahead> ahead = new ArrayDeque<>();

  private long sizeAhead;
  private long heardAt = System.nanoTime();

  /** Whether this process leads, and so reads everything itself. */
  private boolean unused;

  /** For the worker's thread. */
  private long seq;

  private volatile long term;
  private volatile String node = "";
  private final LongAdder received = new LongAdder();
  private volatile @Nullable String problem;

  /** Creates it without starting it. */
  public BusUpstream(Bus bus, Catalog catalog) {
    this.bus = bus;
    this.parsers = new RowParsers(catalog::table);
  }

  public void start() {
    worker.start();
  }

  /** The newest term that was heard of; 0 if there is none. */
  public long term() {
    return term;
  }

  /** The leader that was heard of last; empty if there is none. */
  public String node() {
    return node;
  }

  /** How long ago a leader was heard of. */
  public synchronized Duration quiet() {
    return Duration.ofNanos(System.nanoTime() - heardAt);
  }

  /** This process leads: what arrives is its own. */
  @Override
  public synchronized void begins(long ownTerm, Position from) {
    unused = true;
    ahead.clear();
    sizeAhead = 0;
    notifyAll();
  }

  @Override
  public synchronized void ends() {
    unused = false;
  }

  /** How many records were received. */
  public long received() {
    return received.sum();
  }

  /** Why nothing arrives; empty if a leader was heard of lately. */
  public Optional<String> silence() {
    Duration quiet = quiet();
    String known = problem;
    if (quiet.compareTo(known == null ? SILENCE : SILENCE_OF_A_BROKEN_BUS) <= 0) {
      return Optional.empty();
    }
    return Optional.of(
        known == null
            ? "no leader has published anything on %s for %,d ms".formatted(bus, quiet.toMillis())
            : bus + ": " + known);
  }

  @Override
  public Next next(long millis) throws InterruptedException {
    long end = System.nanoTime() + millis * 1_000_000;
    synchronized (this) {
      while (ahead.isEmpty()) {
        long left = (end - System.nanoTime()) / 1_000_000;
        if (left <= 0) {
          break;
        }
        wait(left);
      }
      Ahead first = ahead.poll();
      if (first != null) {
        sizeAhead -= first.size();
        notifyAll();
        return first.step();
      }
    }
    return silence().<Next>map(Next.Silent::new).orElseGet(Next.Nothing::new);
  }

  private void run() throws InterruptedException {
    while (!worker.isStopping()) {
      try (Bus.Follower follower = bus.follow()) {
        follow(follower);
      } catch (BusException e) {
        if (problem == null && !worker.isStopping()) {
          log.warn(
              "{} cannot be followed: {}. This server reads the change log meanwhile",
              bus,
              e.getMessage());
        }
        problem = e.getMessage();
        Thread.sleep(RETRY);
      }
    }
  }

  private void follow(Bus.Follower follower) throws InterruptedException {
    while (!worker.isStopping()) {
      List<BusRecord> records = follower.poll(POLL_MILLIS);
      if (problem != null) {
        log.info("{} is followed again", bus);
        problem = null;
      }
      for (BusRecord record : records) {
        take(record);
      }
    }
  }

  private void take(BusRecord record) throws InterruptedException {
    if (record.term() < term || (record.term() == term && record.seq() <= seq)) {
      return;
    }
    MomentRecord.Content content;
    try {
      content = MomentRecord.read(record.body(), parsers);
    } catch (IllegalArgumentException e) {
      // Its changes are missed, as the next record shows.
      log.warn("Cannot read {} of {}", record, bus, e);
      return;
    }
    if (record.term() > term) {
      log.info("Following {}, the leader of term {}, over {}", content.node(), record.term(), bus);
    }
    node = content.node();
    term = record.term();
    seq = record.seq();
    received.increment();
    synchronized (this) {
      heardAt = System.nanoTime();
      while (!unused && (ahead.size() >= MOST_AHEAD || sizeAhead >= MOST_SIZE_AHEAD)) {
        wait();
      }
      if (unused) {
        return;
      }
      ahead.add(new Ahead(content.step(), record.body().length));
      sizeAhead += record.body().length;
      notifyAll();
    }
  }

  @Override
  public void close() {
    worker.stop();
  }
}
