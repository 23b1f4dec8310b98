package dev.orderwire.bus;

import dev.orderwire.change.Change;
import dev.orderwire.change.Ids;
import dev.orderwire.change.Position;
import dev.orderwire.feed.TableVersion;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Records that are to be kept together, and the position that they reach. For one thread. */
final class TopicBatch {
  private static final int MOST_RECORDS = 2_000;
  private static final long MOST_BYTES = 4 << 20;

  private final ChangeTopics.Session session;
  private final Map<String, Integer> mostBytes = new HashMap<>();
  private final List<ChangeTopics.Entry> records = new ArrayList<>();
  private long bytes;

  /** Everything up to the end of the step before. */
  private Position before;

  /** What the step covers besides. */
  private Ids step = Ids.NONE;

  private Position reached;

  /**
   * @param reached what was kept last
   */
  TopicBatch(ChangeTopics.Session session, Position reached) {
    this.session = session;
    this.before = reached;
    this.reached = reached;
  }

  /** Up to which the records are complete, those included that are not kept yet. */
  Position reached() {
    return reached;
  }

  /** Begins a step: what is added from now on is covered by its end. */
  void begin(Position end) {
    before = reached;
    step = end.since(reached);
  }

  /** Whether the step brings this change or reset: otherwise an earlier one has. */
  boolean isNew(long id) {
    return step.contains(id);
  }

  /**
   * Adds a change of the step, by rising id.
   *
   * @return whether the batch should be kept now
   */
  boolean add(Change change) {
    int most = mostBytes.computeIfAbsent(change.table(), session::mostBytes);
    reach(change.id());
    return add(TopicRecords.change(change, reached.toString(), most));
  }

  /** Adds a reset of the step, at the place of its id. */
  boolean add(TableVersion reset) {
    reach(reset.resetId());
    return add(TopicRecords.reset(reset, TopicRecords.Reason.SCHEMA, reached.toString()));
  }

  private void reach(long id) {
    if (isNew(id)) {
      reached = before.with(step.in(new Ids(List.of(new Ids.Range(1, id)))));
    }
  }

  private boolean add(ChangeTopics.Entry record) {
    records.add(record);
    bytes += record.body().length;
    return records.size() >= MOST_RECORDS || bytes >= MOST_BYTES;
  }

  /** Ends the step. What was kept before may be more than this process has seen. */
  void end(Position end) {
    reached = reached.and(end);
  }

  /** All tables must be read again, and go on after a position. */
  void restart(Iterable<TableVersion> tables, TopicRecords.Reason reason, Position from) {
    reached = from.epoch().equals(reached.epoch()) ? reached.and(from) : from;
    for (TableVersion each : tables) {
      boolean _ = add(TopicRecords.reset(each, reason, reached.toString()));
    }
  }

  /**
   * Keeps all records so far.
   *
   * @return how many
   * @throws BusException if that is not known to have happened
   */
  int keep() throws InterruptedException {
    session.append(records, reached.text(Integer.MAX_VALUE));
    int kept = records.size();
    records.clear();
    bytes = 0;
    return kept;
  }

  boolean isEmpty() {
    return records.isEmpty();
  }
}
