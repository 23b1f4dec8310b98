package dev.orderwire.bus.redis;

import dev.orderwire.bus.Bus;
import dev.orderwire.bus.BusException;
import dev.orderwire.bus.BusRecord;
import dev.orderwire.bus.StaleTermException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A bus on one Redis stream. All records are published over one connection, one batch after the
 * other; each follower has a connection of its own.
 */
final class RedisBus implements Bus {
  /** How much is under way to Redis at most. A batch has a single record, if that is larger. */
  private static final int BATCH = 1_000;

  private static final long BATCH_BYTES = 4 << 20;

  private final RedisSettings settings;
  private final Connector connector;
  private final RedisStream stream;
  private final ReentrantLock publishing = new ReentrantLock();
  private final KeptEntries kept = new KeptEntries();

  /** The connections of those who follow, to be closed before Lettuce's threads end. */
  private final Set<RedisStream> followed = ConcurrentHashMap.newKeySet();

  RedisBus(RedisSettings settings, Connector connector) {
    this.settings = settings;
    this.connector = connector;
    this.stream = new RedisStream(settings, connector);
  }

  @Override
  public void publish(List<BusRecord> records) throws InterruptedException {
    publishing.lockInterruptibly();
    try {
      for (int from = 0; from < records.size(); ) {
        int to = endOfBatch(records, from);
        publishBatch(records.subList(from, to));
        from = to;
      }
    } finally {
      publishing.unlock();
    }
  }

  private static int endOfBatch(List<BusRecord> records, int from) {
    int most = Math.min(records.size(), from + BATCH);
    long bytes = records.get(from).body().length;
    int to = from + 1;
    while (to < most && bytes + records.get(to).body().length <= BATCH_BYTES) {
      bytes += records.get(to).body().length;
      to++;
    }
    return to;
  }

  private void publishBatch(List<BusRecord> batch) throws InterruptedException {
    StreamId refused = stream.append(batch, kept);
    if (refused.equals(StreamId.ZERO)) {
      return;
    }
    RedisStream.End end = stream.end();
    if (end.isForeign()) {
      throw new BusException(
          "the stream %s of Redis at %s has an entry %s that is not Orderwire's, and nothing can be published after it. Delete the stream, or name another one in bus.properties.stream"
              .formatted(settings.key(), settings, end.id()),
          null);
    }
    if (Long.compareUnsigned(end.id().term(), refused.term()) > 0) {
      throw new StaleTermException(refused.term(), end.id().term());
    }
    if (end.id().compareTo(refused) < 0) {
      throw new BusException(
          "the stream %s of Redis at %s was replaced while %s was published"
              .formatted(settings.key(), settings, refused),
          null);
    }
    // It was published before: by a call whose answer was lost.
  }

  @Override
  public Follower follow() throws InterruptedException {
    RedisStream own = new RedisStream(settings, connector);
    followed.add(own);
    try {
      return new RedisFollower(settings, own, () -> release(own));
    } catch (BusException | InterruptedException e) {
      release(own);
      throw e;
    }
  }

  private void release(RedisStream ofFollower) {
    followed.remove(ofFollower);
    ofFollower.close();
  }

  @Override
  public void close() {
    followed.forEach(RedisStream::close);
    stream.close();
    connector.close();
  }

  @Override
  public String toString() {
    return settings.toString();
  }
}
