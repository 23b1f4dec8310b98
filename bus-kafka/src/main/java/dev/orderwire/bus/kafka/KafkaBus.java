package dev.orderwire.bus.kafka;

import dev.orderwire.bus.Bus;
import dev.orderwire.bus.BusException;
import dev.orderwire.bus.BusRecord;
import dev.orderwire.bus.ChangeTopics;
import dev.orderwire.bus.StaleTermException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.config.TopicConfig;
import org.jspecify.annotations.Nullable;

/**
 * A bus on a topic with one partition. Kafka appends whatever it is given. So a leader looks at the
 * offsets of its records: where they do not follow each other, another process has published in
 * between, and perhaps in a higher term.
 */
final class KafkaBus implements Bus {
  /** For the end of a client: what it still does is of no use to anybody. */
  static final Duration CLOSING = Duration.ZERO;

  /** What a batch of Kafka needs for itself, and a record for its headers. */
  static final int OVERHEAD = 1_024;

  /** What a topic that Orderwire creates keeps: followers read the newest records alone. */
  private static final Map<String, String> OPTIONS =
      Map.of(
          TopicConfig.CLEANUP_POLICY_CONFIG,
          TopicConfig.CLEANUP_POLICY_DELETE,
          TopicConfig.RETENTION_MS_CONFIG,
          Long.toString(TimeUnit.HOURS.toMillis(1)),
          TopicConfig.RETENTION_BYTES_CONFIG,
          Integer.toString(256 << 20),
          TopicConfig.SEGMENT_BYTES_CONFIG,
          Integer.toString(32 << 20));

  private final KafkaSettings settings;
  private final Clients clients;
  private final Topic topic;
  private final Topics topics;
  private final TopicEnd end;
  private final Set<KafkaFollower> followers = ConcurrentHashMap.newKeySet();
  private final ReentrantLock publishing = new ReentrantLock();

  /** Guarded by {@link #publishing}, as all that follows. */
  private @Nullable Producer<byte[], byte[]> producer;

  /** The offset that the next record is expected to have; negative if that is not known. */
  private long next = -1;

  /** The most bytes of a part. */
  private int most;

  private volatile boolean closed;

  KafkaBus(KafkaSettings settings, Clients clients) {
    this.settings = settings;
    this.clients = clients;
    this.topic = new Topic(settings.topic(), 1, true, settings.replication(), OPTIONS);
    this.topics = new Topics(settings, clients);
    this.end = new TopicEnd(settings, clients);
  }

  private void requireOpen() {
    if (closed) {
      throw new BusException("the bus on Kafka at %s is closed".formatted(settings), null);
    }
  }

  @Override
  public void publish(List<BusRecord> records) throws InterruptedException {
    if (records.isEmpty()) {
      return;
    }
    publishing.lockInterruptibly();
    try {
      requireOpen();
      publishHere(records);
    } catch (BusException | InterruptedException e) {
      giveUp();
      throw e;
    } finally {
      publishing.unlock();
    }
  }

  /** Some may be published: the next call looks. What is under way is of no use any more. */
  private void giveUp() {
    next = -1;
    if (producer != null) {
      producer.close(CLOSING);
      producer = null;
    }
  }

  private void publishHere(List<BusRecord> records) throws InterruptedException {
    long term = records.getFirst().term();
    List<BusRecord> left = records;
    if (next < 0) {
      topics.ensure(topic);
      most = Math.max(1, Math.min(clients.mostBytes(), topics.mostBytes(topic.name())) - OVERHEAD);
      TopicEnd.Newest newest = end.newest();
      requireNewest(term, newest);
      next = newest.offset();
      left =
          newest.term() < term
              ? records
              : records.stream().filter(each -> each.seq() > newest.seq()).toList();
    }
    long gap = append(left);
    if (gap >= 0) {
      requireNewest(term, end.newest(gap));
    }
  }

  private static void requireNewest(long term, TopicEnd.Newest newest) {
    if (newest.term() > term) {
      throw new StaleTermException(term, newest.term());
    }
  }

  /**
   * Appends records, and waits until Kafka has them.
   *
   * @return the offset of the first record that another process has published in between; negative
   *     if none has
   */
  private long append(List<BusRecord> records) throws InterruptedException {
    Producer<byte[], byte[]> open = producer();
    List<Future<RecordMetadata>> sent = new ArrayList<>();
    for (BusRecord each : records) {
      for (ProducerRecord<byte[], byte[]> part : Parts.of(each, topic.name(), most)) {
        sent.add(clients.call(() -> open.send(part)));
      }
    }
    long gap = -1;
    boolean known = true;
    for (Future<RecordMetadata> each : sent) {
      RecordMetadata appended = clients.call(each::get);
      if (!appended.hasOffset()) {
        // A repeat of the client's own, which Kafka has recognised.
        known = false;
        continue;
      }
      if (appended.offset() != next && gap < 0) {
        gap = Math.min(next, appended.offset());
      }
      next = appended.offset() + 1;
    }
    next = known ? next : -1;
    return gap;
  }

  private Producer<byte[], byte[]> producer() throws InterruptedException {
    Producer<byte[], byte[]> open = producer == null ? clients.producer(Map.of()) : producer;
    producer = open;
    return open;
  }

  @Override
  public Follower follow() throws InterruptedException {
    requireOpen();
    topics.ensure(topic);
    KafkaFollower follower = new KafkaFollower(settings, clients, followers::remove);
    followers.add(follower);
    if (closed) {
      follower.close();
    }
    return follower;
  }

  @Override
  public Optional<ChangeTopics> topics() {
    KafkaSettings.Tables tables = settings.tables();
    return tables == null
        ? Optional.empty()
        : Optional.of(new KafkaTopics(settings, tables, clients, topics));
  }

  @Override
  public void close() {
    closed = true;
    followers.forEach(KafkaFollower::close);
    publishing.lock();
    try {
      if (producer != null) {
        producer.close(CLOSING);
      }
    } finally {
      publishing.unlock();
    }
    topics.close();
  }

  @Override
  public String toString() {
    return settings.toString();
  }
}
