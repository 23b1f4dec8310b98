package dev.orderwire.bus.kafka;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.orderwire.bus.BusException;
import dev.orderwire.bus.ChangeTopics;
import dev.orderwire.bus.StaleTermException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;

/**
 * A topic for each table, and one with the position. All sessions have the same {@code
 * transactional.id}: a new one ends the transaction of the one before, and fences it. The position
 * of the last transaction that was committed is then the last record of its topic.
 */
final class KafkaTopics implements ChangeTopics {
  /** A leader that hangs keeps readers from what follows its transaction for this long at most. */
  private static final int TRANSACTION_MILLIS = 15_000;

  private static final byte[] POSITION_KEY = "position".getBytes(UTF_8);
  private static final String TERM = "term";

  /** Of the topic with the position: only its last record counts. */
  private static final Map<String, String> POSITION_OPTIONS =
      Map.of(
          TopicConfig.CLEANUP_POLICY_CONFIG,
          TopicConfig.CLEANUP_POLICY_COMPACT,
          TopicConfig.SEGMENT_BYTES_CONFIG,
          Integer.toString(16 << 20));

  private final KafkaSettings settings;
  private final KafkaSettings.Tables tables;
  private final Clients clients;
  private final Topics topics;

  /** Beyond this, a broker has refused a record. */
  private volatile int refused = Integer.MAX_VALUE;

  /** A position, and the term in which it was committed. */
  private record Kept(long term, String position) {}

  KafkaTopics(KafkaSettings settings, KafkaSettings.Tables tables, Clients clients, Topics topics) {
    this.settings = settings;
    this.tables = tables;
    this.clients = clients;
    this.topics = topics;
  }

  @Override
  public Session begin(long term, List<String> names) throws InterruptedException {
    Map<String, TableTopic> all = new HashMap<>();
    for (String each : names) {
      String name = TopicName.of(tables.prefix(), each);
      int partitions =
          topics.ensure(
              new Topic(
                  name, tables.partitions(), false, settings.replication(), tables.options()));
      int most = Math.min(clients.mostBytes(), topics.mostBytes(name)) - KafkaBus.OVERHEAD;
      all.put(each, new TableTopic(name, partitions, most));
    }
    String positions = TopicName.ofPositions(tables.prefix());
    topics.ensure(new Topic(positions, 1, true, settings.replication(), POSITION_OPTIONS));
    Producer<byte[], byte[]> producer =
        clients.producer(
            Map.of(
                ProducerConfig.TRANSACTIONAL_ID_CONFIG,
                tables.prefix(),
                ProducerConfig.TRANSACTION_TIMEOUT_CONFIG,
                TRANSACTION_MILLIS,
                ProducerConfig.MAX_BLOCK_MS_CONFIG,
                settings.timeout().multipliedBy(3).toMillis(),
                ProducerConfig.BATCH_SIZE_CONFIG,
                64 << 10));
    try {
      clients.call(() -> {
        producer.initTransactions();
        return null;
      });
      Optional<Kept> kept = last(new TopicPartition(positions, 0));
      if (kept.isPresent() && kept.get().term() > term) {
        throw new StaleTermException(term, kept.get().term());
      }
      return new KafkaSession(
          clients,
          producer,
          all,
          positions,
          term,
          kept.map(Kept::position),
          this::refuse,
          () -> refused);
    } catch (BusException | InterruptedException e) {
      producer.close(KafkaBus.CLOSING);
      throw e;
    }
  }

  private void refuse(int bytes) {
    refused = Math.max(1, Math.min(refused, bytes) / 2);
  }

  /**
   * A table's topic.
   *
   * @param most the most bytes of a record
   */
  record TableTopic(String name, int partitions, int most) {}

  /** The last record that was committed. Before it may be the marks of transactions. */
  private Optional<Kept> last(TopicPartition positions) throws InterruptedException {
    try (Consumer<byte[], byte[]> consumer =
        clients.consumer(
            Map.of(
                ConsumerConfig.ISOLATION_LEVEL_CONFIG,
                "read_committed",
                ConsumerConfig.MAX_POLL_RECORDS_CONFIG,
                500))) {
      return clients.call(() -> {
        Duration timeout = settings.timeout();
        consumer.assign(List.of(positions));
        long end = Clients.end(consumer, positions, timeout);
        long begin = Clients.begin(consumer, positions, timeout);
        Optional<Kept> found = Optional.empty();
        for (long back = 20; found.isEmpty() && end > begin; back *= 10) {
          long from = Math.max(begin, end - back);
          found = last(consumer, positions, from, end);
          if (from == begin) {
            break;
          }
        }
        return found;
      });
    }
  }

  private Optional<Kept> last(
      Consumer<byte[], byte[]> consumer, TopicPartition positions, long from, long end) {
    consumer.seek(positions, from);
    @Nullable Kept last = null;
    long deadline = System.nanoTime() + settings.timeout().toNanos();
    while (consumer.position(positions, settings.timeout()) < end) {
      if (System.nanoTime() > deadline) {
        throw new BusException(
            "Kafka at %s does not answer: the end of %s cannot be read"
                .formatted(settings, positions.topic()),
            null);
      }
      for (ConsumerRecord<byte[], byte[]> each : consumer.poll(Duration.ofMillis(100))) {
        Header term = each.headers().lastHeader(TERM);
        if (each.value() == null || term == null) {
          throw new BusException(
              "the topic %s of Kafka at %s has a record at %d that is not Orderwire's: delete the topic, or set kafka.prefix"
                  .formatted(positions.topic(), settings, each.offset()),
              null);
        }
        last =
            new Kept(
                Long.parseLong(new String(term.value(), US_ASCII)),
                new String(each.value(), US_ASCII));
      }
    }
    return Optional.ofNullable(last);
  }

  static byte[] positionKey() {
    return POSITION_KEY.clone();
  }
}
