package dev.orderwire.bus;

import dev.orderwire.change.Change;
import dev.orderwire.change.Position;
import dev.orderwire.feed.MomentListener;
import dev.orderwire.feed.TableVersion;
import dev.orderwire.lifecycle.Backoff;
import dev.orderwire.lifecycle.Worker;
import dev.orderwire.tail.LeadListener;
import dev.orderwire.tail.Upstream.Next.Step;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Publishes on a bus what the tail of this process delivers while it leads. A thread of its own
 * does so: the tail never waits for the bus. What waits too long is dropped, and the followers read
 * it from the change log. Where nothing happens, it publishes an empty step twice a second, which
 * shows that this process lives.
 */
public final class Publisher implements MomentListener, LeadListener, AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Publisher.class);

  /** The time between two records where nothing happens. */
  static final Duration BEAT = Duration.ofMillis(500);

  private static final int MOST_WAITING = 10_000;
  private static final long MOST_WAITING_SIZE = 32 << 20;
  private static final int MOST_AT_ONCE = 256;
  private static final long MOST_SIZE_AT_ONCE = 1 << 20;
  private static final Duration FIRST_RETRY = Duration.ofMillis(50);
  private static final Duration LONGEST_RETRY = Duration.ofSeconds(1);

  private record Waiting(Step step, long size) {}

  private final Bus bus;
  private final String node;
  private final BooleanSupplier alive;
  private final Worker worker = Worker.platform("bus-publisher", this::run);

  /** Guarded by this, as all that follows. */
  private final Deque<Waiting> waiting = new ArrayDeque<>();

  private long waitingSize;
  private final Map<String, Long> markers = new HashMap<>();

  /** The term to publish in; 0 while another process leads. */
  private long term;

  private long seq;
  private @Nullable Position last;
  private boolean lastComplete = true;

  private volatile @Nullable String problem;
  private final LongAdder published = new LongAdder();
  private final LongAdder dropped = new LongAdder();

  /**
   * Creates it without starting it.
   *
   * @param node the name of this process, for people
   * @param alive whether the tail reads: otherwise the followers had better read themselves
   */
  public Publisher(Bus bus, String node, BooleanSupplier alive) {
    this.bus = bus;
    this.node = node;
    this.alive = alive;
  }

  public void start() {
    worker.start();
  }

  /** Why nothing can be published now; empty if it can. */
  public Optional<String> problem() {
    return Optional.ofNullable(problem);
  }

  /** How many records were published. */
  public long published() {
    return published.sum();
  }

  /** How many steps were dropped, as the bus was away for too long. */
  public long dropped() {
    return dropped.sum();
  }

  @Override
  public synchronized void begins(long newTerm, Position from) {
    forget();
    term = newTerm;
    seq = 0;
    last = from;
    lastComplete = true;
    problem = null;
    notifyAll();
  }

  @Override
  public synchronized void ends() {
    forget();
    term = 0;
  }

  private void forget() {
    waiting.clear();
    waitingSize = 0;
    markers.clear();
  }

  /** A marker that is part of the next step. On the tail's thread. */
  public synchronized void marker(String table, long id) {
    if (term > 0) {
      markers.merge(table, id, Math::max);
    }
  }

  @Override
  public synchronized void onMoment(
      List<Change> changes,
      List<TableVersion> resets,
      Position position,
      boolean complete,
      Instant notBefore) {
    if (term == 0 || last == null) {
      return;
    }
    Step step = new Step(last, changes, resets, markers, position, complete);
    markers.clear();
    last = position;
    lastComplete = complete;
    long size = size(changes);
    if (waiting.size() >= MOST_WAITING || waitingSize + size > MOST_WAITING_SIZE) {
      dropped.add(waiting.size());
      waiting.clear();
      waitingSize = 0;
    }
    waiting.add(new Waiting(step, size));
    waitingSize += size;
    notifyAll();
  }

  private static long size(List<Change> changes) {
    long size = 100;
    for (Change change : changes) {
      size += 200;
      size += change.before() == null ? 0 : change.before().length();
      size += change.after() == null ? 0 : change.after().length();
    }
    return size;
  }

  /** Followers find another epoch, and start over at its end. */
  @Override
  public synchronized void onRestart(Position position, List<TableVersion> tables) {
    if (term > 0) {
      forget();
      last = position;
      lastComplete = true;
      notifyAll();
    }
  }

  private void run() throws InterruptedException {
    while (!worker.isStopping()) {
      publish(next());
    }
  }

  /** The next records; waits for them. */
  private synchronized List<BusRecord> next() throws InterruptedException {
    long beat = System.nanoTime() + BEAT.toNanos();
    while (true) {
      if (term > 0 && last != null) {
        if (!waiting.isEmpty()) {
          return records();
        }
        if (System.nanoTime() >= beat && alive.getAsBoolean()) {
          Step step = new Step(last, List.of(), List.of(), Map.of(), last, lastComplete);
          return List.of(new BusRecord(term, ++seq, MomentRecord.write(step, node)));
        }
      }
      long left = (beat - System.nanoTime()) / 1_000_000;
      wait(left > 0 ? left : BEAT.toMillis() / 5);
    }
  }

  private List<BusRecord> records() {
    List<BusRecord> records = new ArrayList<>();
    long size = 0;
    while (!waiting.isEmpty() && records.size() < MOST_AT_ONCE && size < MOST_SIZE_AT_ONCE) {
      Waiting first = waiting.remove();
      waitingSize -= first.size();
      size += first.size();
      records.add(new BusRecord(term, ++seq, MomentRecord.write(first.step(), node)));
    }
    return records;
  }

  /** Tries until the bus has the records, or another process leads. */
  private void publish(List<BusRecord> records) throws InterruptedException {
    Backoff backoff = new Backoff(FIRST_RETRY, LONGEST_RETRY);
    while (!worker.isStopping() && isCurrent(records.getFirst().term())) {
      try {
        bus.publish(records);
        published.add(records.size());
        if (problem != null) {
          log.info("{} takes records again", bus);
          problem = null;
        }
        return;
      } catch (StaleTermException e) {
        log.warn("{} refuses this leader: {}", bus, e.getMessage());
        stop(records.getFirst().term(), e);
      } catch (BusException e) {
        if (problem == null) {
          log.warn(
              "{} does not take records: {}. All servers read the change log meanwhile",
              bus,
              e.getMessage());
        }
        problem = e.getMessage();
        Thread.sleep(backoff.next());
      }
    }
  }

  private synchronized boolean isCurrent(long ofRecords) {
    return term == ofRecords;
  }

  private synchronized void stop(long stale, StaleTermException cause) {
    if (term == stale) {
      ends();
      problem =
          "%s. If no other process leads here, another database uses the same stream: give each its own"
              .formatted(cause.getMessage());
    }
  }

  @Override
  public void close() {
    worker.stop();
  }
}
