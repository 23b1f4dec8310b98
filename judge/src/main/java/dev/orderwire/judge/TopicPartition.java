package dev.orderwire.judge;

import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/** What was read from one partition of a topic. For one thread. */
final class TopicPartition {
  /** Of all rounds: a change may not come again, however late. */
  private final BitSet ids = new BitSet();

  /** The newest change of each row in this round. */
  private final Map<String, Long> newest = new HashMap<>();

  /** Of this round, by id, until the log explains them. Null: the record has no rows. */
  private final Map<Long, @Nullable Integer> unexplained = new HashMap<>();

  /** Forgets what is not needed to judge the next round. */
  void beginRound() {
    newest.clear();
    unexplained.clear();
  }

  /** Forgets all: ids begin again. */
  void forget() {
    beginRound();
    ids.clear();
  }

  /**
   * Adds the next change.
   *
   * @param content a hash of what the record says; null if it has no rows
   * @return what is wrong with it; null for nothing
   */
  @Nullable String add(long id, String key, @Nullable Integer content) {
    if (ids.get(Math.toIntExact(id))) {
      return "change %d twice".formatted(id);
    }
    ids.set(Math.toIntExact(id));
    unexplained.put(id, content);
    Long before = newest.put(key, id);
    return before != null && before > id
        ? "change %d of the row %s before change %d".formatted(before, key, id)
        : null;
  }

  boolean has(long id) {
    return unexplained.containsKey(id);
  }

  /** The log has this change: it explains the record. Null if the record has no rows. */
  @Nullable Integer take(long id) {
    return unexplained.remove(id);
  }

  void forEachUnexplained(LongConsumer action) {
    unexplained.keySet().forEach(action::accept);
  }
}
