package dev.orderwire.bus;

import dev.orderwire.change.Change;
import dev.orderwire.change.OrderwireException;
import dev.orderwire.change.Position;
import dev.orderwire.feed.Backlog;
import dev.orderwire.feed.MomentListener;
import dev.orderwire.feed.TableVersion;
import dev.orderwire.lifecycle.Backoff;
import dev.orderwire.lifecycle.Worker;
import dev.orderwire.tail.LeadListener;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes each change once to the topic of its table, while this process leads. A thread of its own
 * does so: the tail and the bus never wait for it. It keeps the position together with the changes,
 * in one transaction. So after any failure, and in another process, it asks for the position that
 * was kept, and reads from the change log what has been missed since.
 */
public final class TopicWriter implements MomentListener, LeadListener, AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(TopicWriter.class);

  /** The time from one transaction to the next: they cost Kafka more than the records do. */
  private static final Duration PACE = Duration.ofMillis(100);

  /** How often the position is kept where no table changes. */
  private static final Duration IDLE = Duration.ofSeconds(10);

  private static final Duration FIRST_RETRY = Duration.ofMillis(100);
  private static final Duration LONGEST_RETRY = Duration.ofSeconds(5);

  private final ChangeTopics topics;
  private final Backlog backlog;
  private final TopicQueue queue;
  private final Worker worker = Worker.platform("topic-writer", this::run);
  private final LongAdder written = new LongAdder();
  private final LongAdder resets = new LongAdder();
  private volatile @Nullable Position reached;
  private volatile @Nullable String problem;

  /** The position that was kept last, and when; for the worker's thread. */
  private @Nullable Position kept;

  private long keptAt;

  /**
   * Creates it without starting it.
   *
   * @param exported the tables whose changes are written, in their versions now
   */
  public TopicWriter(ChangeTopics topics, Backlog backlog, List<TableVersion> exported) {
    this.topics = topics;
    this.backlog = backlog;
    this.queue = new TopicQueue(exported);
  }

  public void start() {
    worker.start();
  }

  /** How many records were written. */
  public long written() {
    return written.sum();
  }

  /** How many times a table had to be read again. */
  public long resets() {
    return resets.sum();
  }

  /** How many ids of the change log the topics lag behind; 0 while another process leads. */
  public long behind() {
    Position end = queue.end();
    Position here = reached;
    return end == null || here == null || !end.epoch().equals(here.epoch())
        ? 0
        : end.since(here).size();
  }

  /** For how long the oldest change has waited that is not written. */
  public Duration delay() {
    return queue.delay();
  }

  /** Why nothing can be written now; empty if it can, or if another process leads. */
  public Optional<String> problem() {
    return Optional.ofNullable(queue.end() == null ? null : problem);
  }

  /** A marker that is part of the next step. On the tail's thread. */
  public void marker(String table, long id) {
    queue.marker(table, id);
  }

  @Override
  public void begins(long term, Position from) {
    queue.begins(term, from);
  }

  @Override
  public void ends() {
    queue.ends();
  }

  @Override
  public void onMoment(
      List<Change> changes,
      List<TableVersion> versions,
      Position position,
      boolean complete,
      Instant notBefore) {
    queue.onMoment(changes, versions, position, complete, notBefore);
  }

  @Override
  public void onRestart(Position position, List<TableVersion> tables) {
    queue.onRestart(position, tables);
  }

  private void run() throws InterruptedException {
    Backoff backoff = new Backoff(FIRST_RETRY, LONGEST_RETRY);
    long stale = 0;
    while (!worker.isStopping()) {
      long term = queue.awaitLead(stale);
      try (ChangeTopics.Session session = topics.begin(term, queue.tables())) {
        write(session, term, backoff);
      } catch (StaleTermException e) {
        log.info("The topics of the tables belong to another leader: {}", e.getMessage());
        stale = term;
      } catch (BusException | OrderwireException e) {
        fail(term, e);
        Thread.sleep(backoff.next());
      }
    }
  }

  private void fail(long term, RuntimeException e) {
    if (worker.isStopping() || !queue.leads(term)) {
      return;
    }
    if (problem == null) {
      log.warn(
          "The topics of the tables cannot be written: {}. They go on where they were once that is over",
          e.getMessage());
    }
    problem = e.getMessage();
  }

  private void write(ChangeTopics.Session session, long term, Backoff backoff)
      throws InterruptedException {
    Position from = queue.startOver();
    TopicBatch batch = new TopicBatch(session, session.position().map(this::parse).orElse(from));
    // Nothing of a lower term is kept from now on.
    keep(batch);
    log.info("Writes the topics of the tables from {} on", batch.reached());
    while (queue.leads(term) && !worker.isStopping()) {
      TopicQueue.Taken taken = queue.take(term, IDLE.toMillis());
      if (!queue.leads(term)) {
        return;
      }
      if (taken.missing()) {
        replay(batch, taken);
      } else {
        for (TopicQueue.Step each : taken.steps()) {
          add(batch, each);
        }
        batch.end(taken.end());
      }
      boolean isDue = System.nanoTime() - keptAt > IDLE.toNanos();
      if (!batch.isEmpty() || (isDue && !batch.reached().equals(kept))) {
        keep(batch);
      }
      reached = batch.reached();
      backoff.reset();
      if (problem != null) {
        problem = null;
        log.info("The topics of the tables are written again");
      }
      if (!taken.steps().isEmpty()) {
        Thread.sleep(PACE);
      }
    }
  }

  private Position parse(String text) {
    try {
      return Position.parse(text, Integer.MAX_VALUE);
    } catch (IllegalArgumentException e) {
      throw new BusException("the position that was kept is none: " + text, e);
    }
  }

  private void keep(TopicBatch batch) throws InterruptedException {
    written.add(batch.keep());
    keptAt = System.nanoTime();
    kept = batch.reached();
    reached = kept;
  }

  /** By id: a reset stands where its reset row does. */
  private void add(TopicBatch batch, TopicQueue.Step step) throws InterruptedException {
    if (step.restart()) {
      boolean isSame = step.to().epoch().equals(batch.reached().epoch());
      restart(
          batch,
          step.resets(),
          isSame ? TopicRecords.Reason.RETENTION : TopicRecords.Reason.EPOCH,
          step.to());
      return;
    }
    batch.begin(step.to());
    List<TableVersion> due = new ArrayList<>(step.resets());
    due.sort(Comparator.comparingLong(TableVersion::resetId));
    due.removeIf(each -> !batch.isNew(each.resetId()));
    for (Change change : step.changes()) {
      while (!due.isEmpty() && due.getFirst().resetId() < change.id()) {
        reset(batch, due.removeFirst());
      }
      if (batch.isNew(change.id()) && batch.add(change)) {
        keep(batch);
      }
    }
    due.forEach(each -> reset(batch, each));
    batch.end(step.to());
  }

  private void reset(TopicBatch batch, TableVersion version) {
    log.info("The topic of {} tells its readers to read the table again", version.table().name());
    resets.increment();
    boolean _ = batch.add(version);
  }

  private void replay(TopicBatch batch, TopicQueue.Taken taken) throws InterruptedException {
    if (!taken.end().epoch().equals(batch.reached().epoch())) {
      restart(batch, taken.tables(), TopicRecords.Reason.EPOCH, taken.end());
      return;
    }
    batch.begin(taken.end());
    LogReplay replay = new LogReplay(backlog, taken.end().since(batch.reached()), taken.tables());
    while (true) {
      switch (replay.next()) {
        case LogReplay.Item.Logged(Change change) -> {
          if (batch.add(change)) {
            keep(batch);
          }
        }
        case LogReplay.Item.Reset(TableVersion version) -> reset(batch, version);
        case LogReplay.Item.Deleted() -> {
          restart(batch, taken.tables(), TopicRecords.Reason.RETENTION, taken.end());
          return;
        }
        case LogReplay.Item.End() -> {
          batch.end(taken.end());
          return;
        }
      }
    }
  }

  private void restart(
      TopicBatch batch, List<TableVersion> tables, TopicRecords.Reason reason, Position from) {
    log.warn(
        "{}: the topics of all tables tell their readers to read the tables again",
        switch (reason) {
          case EPOCH -> "The change log is another one than that of the topics of the tables";
          case RETENTION ->
              "Retention has deleted changes from the change log that the topics of the tables do not have";
          case SCHEMA -> "The tables were altered";
        });
    resets.add(tables.size());
    batch.restart(tables, reason, from);
  }

  @Override
  public void close() {
    worker.stop();
  }
}
