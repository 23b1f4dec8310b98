package dev.orderwire.bus.kafka;

import dev.orderwire.testing.KafkaServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** What other programs do with Kafka, through its own clients. */
final class Broker {
  private Broker() {}

  private static <T> T get(KafkaFuture<T> future) {
    try {
      return future.get();
    } catch (ExecutionException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Admin admin(KafkaServer kafka) {
    return Admin.create(Map.of("bootstrap.servers", kafka.servers()));
  }

  static void create(KafkaServer kafka, String topic, int partitions, Map<String, String> options) {
    try (Admin admin = admin(kafka)) {
      NewTopic created = new NewTopic(topic, Optional.of(partitions), Optional.empty());
      get(admin.createTopics(List.of(created.configs(options))).all());
    }
  }

  static void delete(KafkaServer kafka, String topic) {
    try (Admin admin = admin(kafka)) {
      get(admin.deleteTopics(List.of(topic)).all());
    }
  }

  /** Deletes all records before an offset, as retention does. */
  static void truncate(KafkaServer kafka, String topic, long before) {
    try (Admin admin = admin(kafka)) {
      get(
          admin
              .deleteRecords(
                  Map.of(new TopicPartition(topic, 0), RecordsToDelete.beforeOffset(before)))
              .all());
    }
  }

  static List<String> topics(KafkaServer kafka) {
    try (Admin admin = admin(kafka)) {
      return get(admin.listTopics().names()).stream().sorted().toList();
    }
  }

  static int partitions(KafkaServer kafka, String topic) {
    try (Admin admin = admin(kafka)) {
      return get(admin.describeTopics(List.of(topic)).allTopicNames()).values().stream()
          .mapToInt(each -> each.partitions().size())
          .sum();
    }
  }

  static void append(KafkaServer kafka, String topic, byte[] value) {
    try (var producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", kafka.servers()),
            new ByteArraySerializer(),
            new ByteArraySerializer())) {
      var _ = producer.send(new ProducerRecord<>(topic, value));
    }
  }

  /** All committed records of a topic so far, partition by partition. */
  static List<ConsumerRecord<byte[], byte[]>> read(KafkaServer kafka, String topic) {
    try (var consumer =
        new KafkaConsumer<>(
            Map.<String, Object>of(
                "bootstrap.servers",
                kafka.servers(),
                "isolation.level",
                "read_committed",
                "auto.offset.reset",
                "earliest"),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer())) {
      List<TopicPartition> all =
          consumer.partitionsFor(topic).stream()
              .map(each -> new TopicPartition(topic, each.partition()))
              .toList();
      consumer.assign(all);
      consumer.seekToBeginning(all);
      Map<TopicPartition, Long> end = consumer.endOffsets(all);
      List<ConsumerRecord<byte[], byte[]>> found = new ArrayList<>();
      while (end.entrySet().stream()
          .anyMatch(each -> consumer.position(each.getKey()) < each.getValue())) {
        consumer.poll(Duration.ofMillis(100)).forEach(found::add);
      }
      return found;
    }
  }
}
