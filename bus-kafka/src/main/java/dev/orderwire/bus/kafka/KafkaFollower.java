package dev.orderwire.bus.kafka;

import dev.orderwire.bus.Bus;
import dev.orderwire.bus.BusException;
import dev.orderwire.bus.BusRecord;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the topic from its end at the time of {@link KafkaBus#follow} on. Its place is an offset,
 * and it stays when brokers are away.
 */
final class KafkaFollower implements Bus.Follower {
  private static final Logger LOG = LoggerFactory.getLogger(KafkaFollower.class);

  /** How long to wait for a record before asking whether the place is still one of the topic. */
  private static final long LONGEST_WAIT = TimeUnit.SECONDS.toNanos(5);

  private final KafkaSettings settings;
  private final Clients clients;
  private final Consumer<KafkaFollower> release;
  private final TopicPartition only;
  private final org.apache.kafka.clients.consumer.Consumer<byte[], byte[]> consumer;
  private final Assembly assembly = new Assembly();

  /** Held by the one who uses the client, which is for one thread. */
  private final ReentrantLock using = new ReentrantLock();

  private long checked = System.nanoTime();
  private boolean warned;
  private volatile boolean closed;

  /**
   * Begins at the end of the topic.
   *
   * @param release called once it is closed
   */
  KafkaFollower(KafkaSettings settings, Clients clients, Consumer<KafkaFollower> release)
      throws InterruptedException {
    this.settings = settings;
    this.clients = clients;
    this.release = release;
    this.only = new TopicPartition(settings.topic(), 0);
    this.consumer = clients.consumer(Map.of());
    try {
      consumer.assign(List.of(only));
      consumer.seek(only, clients.call(this::end));
    } catch (BusException | InterruptedException e) {
      consumer.close(org.apache.kafka.clients.consumer.CloseOptions.timeout(KafkaBus.CLOSING));
      throw e;
    }
  }

  private long end() {
    return Clients.end(consumer, only, settings.timeout());
  }

  @Override
  public List<BusRecord> poll(long millis) throws InterruptedException {
    using.lockInterruptibly();
    try {
      long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
      while (true) {
        List<BusRecord> records = pollOnce(Math.max(0, deadline - System.nanoTime()));
        if (!records.isEmpty() || System.nanoTime() >= deadline) {
          return records;
        }
      }
    } catch (BusException e) {
      throw closed ? new BusException("the follower of %s is closed".formatted(settings), e) : e;
    } finally {
      using.unlock();
    }
  }

  private List<BusRecord> pollOnce(long nanos) throws InterruptedException {
    if (closed) {
      throw new BusException("it is closed", null);
    }
    checkPlace();
    Duration wait = Duration.ofNanos(Math.min(nanos, LONGEST_WAIT));
    ConsumerRecords<byte[], byte[]> found =
        clients.call(() -> {
          try {
            return consumer.poll(wait);
          } catch (OffsetOutOfRangeException e) {
            throw goOnAtTheEnd(e.offsetOutOfRangePartitions().getOrDefault(only, 0L), end());
          }
        });
    if (!found.isEmpty()) {
      checked = System.nanoTime();
    }
    return records(found);
  }

  /** The client waits in silence for brokers that are away, and for a topic that is gone. */
  private void checkPlace() throws InterruptedException {
    if (System.nanoTime() - checked < LONGEST_WAIT) {
      return;
    }
    clients.call(() -> {
      long end = end();
      long place = consumer.position(only, settings.timeout());
      if (end < place) {
        throw goOnAtTheEnd(place, end);
      }
      return null;
    });
    checked = System.nanoTime();
  }

  private BusException goOnAtTheEnd(long place, long end) {
    consumer.seek(only, end);
    assembly.forget();
    return new BusException(
        "the topic %s of Kafka at %s has lost records: it ends at %d, and all up to %d were read or skipped"
            .formatted(settings.topic(), settings, end, place),
        null);
  }

  private List<BusRecord> records(ConsumerRecords<byte[], byte[]> found) {
    List<BusRecord> records = new ArrayList<>(found.count());
    for (ConsumerRecord<byte[], byte[]> each : found) {
      Parts.Place place = Parts.Place.of(each);
      if (place == null) {
        warn(each.offset());
        continue;
      }
      BusRecord whole = assembly.add(place, each.value());
      if (whole != null) {
        records.add(whole);
      }
    }
    return records;
  }

  private void warn(long foreign) {
    if (!warned) {
      warned = true;
      LOG.warn(
          "The topic {} of {} has a record at {} that is not Orderwire's. Such records are skipped; this is said once",
          settings.topic(),
          settings,
          foreign);
    }
  }

  @Override
  public void close() {
    closed = true;
    // Ends a poll of another thread.
    consumer.wakeup();
    using.lock();
    try {
      consumer.close(org.apache.kafka.clients.consumer.CloseOptions.timeout(KafkaBus.CLOSING));
    } finally {
      using.unlock();
      release.accept(this);
    }
  }
}
