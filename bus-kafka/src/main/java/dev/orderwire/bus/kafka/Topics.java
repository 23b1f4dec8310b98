package dev.orderwire.bus.kafka;

import dev.orderwire.bus.BusException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Looks topics up, and creates those that are missing. Safe for any number of threads. */
final class Topics implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Topics.class);

  /** Kafka's default for the most bytes of a batch. */
  private static final int DEFAULT_MOST_BYTES = 1_048_588;

  private final KafkaSettings settings;
  private final Clients clients;

  /** Guarded by this. */
  private @Nullable Admin admin;

  Topics(KafkaSettings settings, Clients clients) {
    this.settings = settings;
    this.clients = clients;
  }

  private synchronized Admin admin() throws InterruptedException {
    Admin open = admin == null ? clients.admin() : admin;
    admin = open;
    return open;
  }

  /**
   * Creates a topic unless it is there.
   *
   * @return the number of its partitions
   * @throws BusException if it is missing and this user may not create it, with the command that
   *     does; or if Kafka does not answer
   */
  int ensure(Topic topic) throws InterruptedException {
    Optional<TopicDescription> found = describe(topic.name());
    if (found.isEmpty()) {
      create(topic);
      found = describe(topic.name());
    }
    int partitions = found.map(each -> each.partitions().size()).orElse(topic.partitions());
    if (topic.only() && partitions != topic.partitions()) {
      throw new BusException(
          "the topic %s of Kafka at %s has %d partitions, and needs %d: delete it, or name another one"
              .formatted(topic.name(), settings, partitions, topic.partitions()),
          null);
    }
    return partitions;
  }

  private Optional<TopicDescription> describe(String name) throws InterruptedException {
    Admin open = admin();
    return clients.call(() -> {
      try {
        return Optional.of(
            Objects.requireNonNull(open.describeTopics(Set.of(name)).topicNameValues().get(name))
                .get());
      } catch (ExecutionException e) {
        if (e.getCause() instanceof UnknownTopicOrPartitionException) {
          return Optional.empty();
        }
        throw e;
      }
    });
  }

  private void create(Topic topic) throws InterruptedException {
    Admin open = admin();
    clients.call(() -> {
      NewTopic asked =
          new NewTopic(
              topic.name(),
              Optional.of(topic.partitions()),
              topic.replication() > 0 ? Optional.of(topic.replication()) : Optional.empty());
      try {
        open.createTopics(List.of(asked.configs(topic.options()))).all().get();
        LOG.info("Created the topic {} of Kafka at {}", topic.name(), settings);
      } catch (ExecutionException e) {
        Throwable cause = e.getCause();
        if (cause instanceof TopicExistsException) {
          return null;
        }
        if (cause instanceof ApiException && !(cause instanceof RetriableException)) {
          throw new BusException(
              "the topic %s is missing at %s, and this user cannot create it (%s). Create it by: %s"
                  .formatted(
                      topic.name(),
                      settings,
                      cause.getMessage(),
                      topic.command(String.join(",", settings.servers()))),
              cause);
        }
        throw e;
      }
      return null;
    });
  }

  /** The most bytes of a batch of a topic; Kafka's default where this user may not ask. */
  int mostBytes(String name) throws InterruptedException {
    Admin open = admin();
    ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, name);
    return clients.call(() -> {
      try {
        Map<ConfigResource, Config> all = open.describeConfigs(Set.of(resource)).all().get();
        Config known = all.get(resource);
        ConfigEntry entry = known == null ? null : known.get(TopicConfig.MAX_MESSAGE_BYTES_CONFIG);
        return entry == null || entry.value() == null
            ? DEFAULT_MOST_BYTES
            : Integer.parseInt(entry.value());
      } catch (ExecutionException e) {
        if (e.getCause() instanceof ApiException && !(e.getCause() instanceof RetriableException)) {
          return DEFAULT_MOST_BYTES;
        }
        throw e;
      }
    });
  }

  @Override
  public synchronized void close() {
    if (admin != null) {
      admin.close(KafkaBus.CLOSING);
    }
  }
}
