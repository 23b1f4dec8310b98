package dev.orderwire.bus.kafka;

import dev.orderwire.bus.BusException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/** Reads the newest records of the topic, for the publisher. */
final class TopicEnd {
  /** As far as a leader looks back: a stale one may have published after the newest one. */
  private static final int LOOK_BACK = 20;

  /**
   * The newest record.
   *
   * @param term 0 if there is none
   * @param seq of the last whole record of the term
   * @param offset of the next one
   */
  record Newest(long term, long seq, long offset) {}

  private final KafkaSettings settings;
  private final Clients clients;

  TopicEnd(KafkaSettings settings, Clients clients) {
    this.settings = settings;
    this.clients = clients;
  }

  /** The newest among the last records. */
  Newest newest() throws InterruptedException {
    return newest(-1);
  }

  /**
   * The newest record.
   *
   * @param from the offset to begin at; negative to look back from the end
   */
  Newest newest(long from) throws InterruptedException {
    TopicPartition only = new TopicPartition(settings.topic(), 0);
    try (Consumer<byte[], byte[]> consumer =
        clients.consumer(Map.of(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, 500))) {
      return clients.call(() -> read(consumer, only, from));
    }
  }

  private Newest read(Consumer<byte[], byte[]> consumer, TopicPartition only, long from) {
    Duration timeout = settings.timeout();
    long end = Clients.end(consumer, only, timeout);
    long begin = Clients.begin(consumer, only, timeout);
    consumer.assign(List.of(only));
    consumer.seek(only, Math.min(end, Math.max(begin, from < 0 ? end - LOOK_BACK : from)));
    long term = 0;
    long seq = 0;
    long deadline = System.nanoTime() + timeout.toNanos();
    while (consumer.position(only, timeout) < end) {
      if (System.nanoTime() > deadline) {
        throw new BusException(
            "Kafka at %s does not answer: the end of %s cannot be read"
                .formatted(settings, settings.topic()),
            null);
      }
      for (ConsumerRecord<byte[], byte[]> each : consumer.poll(Duration.ofMillis(100))) {
        Parts.Place place = Parts.Place.of(each);
        if (place != null && place.term() > term) {
          term = place.term();
          seq = 0;
        }
        if (place != null && place.isLast() && place.isAfter(term, seq)) {
          seq = place.seq();
        }
      }
    }
    return new Newest(term, seq, end);
  }
}
