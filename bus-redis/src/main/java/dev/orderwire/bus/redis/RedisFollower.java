package dev.orderwire.bus.redis;

import dev.orderwire.bus.Bus;
import dev.orderwire.bus.BusException;
import dev.orderwire.bus.BusRecord;
import io.lettuce.core.StreamMessage;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the stream from its end at the time of {@link RedisBus#follow} on. Its place is the id of
 * the last entry read, and it stays when the connection is lost.
 */
final class RedisFollower implements Bus.Follower {
  private static final Logger LOG = LoggerFactory.getLogger(RedisFollower.class);

  /** How much a poll may bring, about: the next entries are taken for as large as the last. */
  private static final long POLL_BYTES = 4 << 20;

  private static final int MOST = 100;

  /** How long to wait for an entry before asking whether the place is still one of the stream. */
  private static final long LONGEST_WAIT = TimeUnit.SECONDS.toNanos(5);

  private final RedisSettings settings;
  private final RedisStream stream;
  private final Runnable release;
  private StreamId place;
  private int count = 10;
  private int connection;
  private long checked;
  private boolean warned;

  /**
   * Begins at the end of the stream.
   *
   * @param stream used by nobody else
   * @param release closes the stream
   */
  RedisFollower(RedisSettings settings, RedisStream stream, Runnable release)
      throws InterruptedException {
    this.settings = settings;
    this.stream = stream;
    this.release = release;
    this.connection = stream.connect();
    this.place = stream.end().id();
    this.checked = System.nanoTime();
  }

  @Override
  public List<BusRecord> poll(long millis) throws InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
    while (true) {
      checkPlace();
      long wait = Math.min(deadline - System.nanoTime(), LONGEST_WAIT);
      List<StreamMessage<String, byte[]>> entries =
          stream.read(place, count, Math.max(0, TimeUnit.NANOSECONDS.toMillis(wait)));
      if (!entries.isEmpty()) {
        checked = System.nanoTime();
        List<BusRecord> records = records(entries);
        if (!records.isEmpty()) {
          return records;
        }
      }
      if (System.nanoTime() >= deadline) {
        return List.of();
      }
    }
  }

  /**
   * After a fail-over, or without its data, Redis may have a stream that ends before the place.
   * What is published to it may have lower ids than the place, and would never be read.
   */
  private void checkPlace() throws InterruptedException {
    int current = stream.connect();
    long now = System.nanoTime();
    if (current == connection && now - checked < LONGEST_WAIT) {
      return;
    }
    StreamId end = stream.end().id();
    connection = current;
    checked = now;
    if (end.compareTo(place) < 0) {
      StreamId before = place;
      place = end;
      throw new BusException(
          "the stream %s of Redis at %s has lost entries: it ends at %s, and %s has been read"
              .formatted(settings.key(), settings, end, before),
          null);
    }
  }

  private List<BusRecord> records(List<StreamMessage<String, byte[]>> entries) {
    List<BusRecord> records = new ArrayList<>(entries.size());
    long bytes = 1;
    for (StreamMessage<String, byte[]> each : entries) {
      StreamId id = StreamId.parse(each.getId());
      place = id;
      byte[] body = each.getBody().get(RedisStream.FIELD);
      if (body != null && each.getBody().size() == 1 && id.isOfRecord()) {
        records.add(new BusRecord(id.term(), id.seq(), body));
        bytes += body.length;
      } else {
        warn(id);
      }
    }
    count = Math.clamp(POLL_BYTES * entries.size() / bytes, 1, MOST);
    return records;
  }

  private void warn(StreamId foreign) {
    if (!warned) {
      warned = true;
      LOG.warn(
          "The stream {} of {} has an entry {} that is not Orderwire's. Such entries are skipped; this is said once",
          settings.key(),
          settings,
          foreign);
    }
  }

  @Override
  public void close() {
    release.run();
  }
}
