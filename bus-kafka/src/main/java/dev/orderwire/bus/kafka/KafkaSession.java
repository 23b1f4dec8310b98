package dev.orderwire.bus.kafka;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.orderwire.bus.ChangeTopics;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Future;
import java.util.function.IntConsumer;
import java.util.function.IntSupplier;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.jspecify.annotations.Nullable;

/** Writes transactions. */
final class KafkaSession implements ChangeTopics.Session {
  private static final String POSITION = "position";
  private static final String TERM = "term";

  private final Clients clients;
  private final Producer<byte[], byte[]> producer;
  private final Map<String, KafkaTopics.TableTopic> topics;
  private final String positions;
  private final long term;
  private final Optional<String> kept;
  private final IntConsumer refuse;
  private final IntSupplier refused;

  /**
   * @param producer ready for transactions; closed together with this
   * @param topics by table
   * @param positions the topic of the position
   * @param kept the position that was committed last
   * @param refuse takes the size of a record that a broker has refused
   * @param refused the most bytes of a record, as far as brokers have refused some
   */
  KafkaSession(
      Clients clients,
      Producer<byte[], byte[]> producer,
      Map<String, KafkaTopics.TableTopic> topics,
      String positions,
      long term,
      Optional<String> kept,
      IntConsumer refuse,
      IntSupplier refused) {
    this.clients = clients;
    this.producer = producer;
    this.topics = Map.copyOf(topics);
    this.positions = positions;
    this.term = term;
    this.kept = kept;
    this.refuse = refuse;
    this.refused = refused;
  }

  @Override
  public Optional<String> position() {
    return kept;
  }

  private KafkaTopics.TableTopic topic(String table) {
    KafkaTopics.TableTopic topic = topics.get(table);
    if (topic == null) {
      throw new IllegalArgumentException("no topic of the table " + table);
    }
    return topic;
  }

  @Override
  public int mostBytes(String table) {
    return Math.min(topic(table).most(), refused.getAsInt());
  }

  @Override
  public void append(List<ChangeTopics.Entry> records, String position)
      throws InterruptedException {
    clients.call(() -> {
      producer.beginTransaction();
      List<Future<RecordMetadata>> sent = new ArrayList<>();
      int largest = 0;
      for (ChangeTopics.Entry each : records) {
        KafkaTopics.TableTopic topic = topic(each.table());
        byte[] key = each.key();
        if (key == null) {
          for (int partition = 0; partition < topic.partitions(); partition++) {
            sent.add(producer.send(record(topic.name(), partition, null, each)));
          }
        } else {
          sent.add(producer.send(record(topic.name(), null, key, each)));
          largest = Math.max(largest, key.length + each.body().length);
        }
      }
      ProducerRecord<byte[], byte[]> reached =
          new ProducerRecord<>(
              positions, 0, KafkaTopics.positionKey(), position.getBytes(US_ASCII));
      reached.headers().add(TERM, Long.toString(term).getBytes(US_ASCII));
      sent.add(producer.send(reached));
      try {
        // Sends what is still to be sent, and fails if anything has failed.
        producer.commitTransaction();
      } catch (RecordTooLargeException e) {
        refuse.accept(largest);
        throw e;
      }
      for (Future<RecordMetadata> each : sent) {
        var _ = each.get();
      }
      return null;
    });
  }

  private static ProducerRecord<byte[], byte[]> record(
      String topic, @Nullable Integer partition, byte @Nullable [] key, ChangeTopics.Entry each) {
    return new ProducerRecord<>(
        topic,
        partition,
        key,
        each.body(),
        List.of(new RecordHeader(POSITION, each.position().getBytes(US_ASCII))));
  }

  /** What is not committed will be aborted by the next session. */
  @Override
  public void close() {
    producer.close(KafkaBus.CLOSING);
  }
}
