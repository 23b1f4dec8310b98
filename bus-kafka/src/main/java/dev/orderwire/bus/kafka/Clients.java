package dev.orderwire.bus.kafka;

import dev.orderwire.bus.BusException;
import dev.orderwire.change.OrderwireException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.function.Supplier;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/** Creates Kafka's clients, and calls them. Safe for any number of threads. */
final class Clients {
  /** A call of the client library. */
  interface Call<T extends @Nullable Object> {
    T run() throws ExecutionException, InterruptedException;
  }

  private final KafkaSettings settings;

  Clients(KafkaSettings settings) {
    this.settings = settings;
  }

  /**
   * Checks the properties of the client library, without a connection.
   *
   * @throws OrderwireException {@code bad_settings}
   */
  void check() {
    try {
      var _ = inPlugin(() -> new ProducerConfig(ofProducer()));
      var _ = inPlugin(() -> new ConsumerConfig(ofConsumer()));
      var _ = inPlugin(() -> new AdminClientConfig(common()));
    } catch (ConfigException e) {
      throw KafkaProperties.bad(String.valueOf(e.getMessage()));
    }
  }

  /**
   * A producer that writes each record once, and in order.
   *
   * @throws BusException if it cannot be created now, as no broker's name is known
   */
  Producer<byte[], byte[]> producer(Map<String, Object> more) throws InterruptedException {
    Map<String, Object> all = ofProducer();
    all.putAll(more);
    return call(() -> inPlugin(() -> new KafkaProducer<byte[], byte[]>(all)));
  }

  /** A consumer that follows no group, and is told when its place is gone. */
  Consumer<byte[], byte[]> consumer(Map<String, Object> more) throws InterruptedException {
    Map<String, Object> all = ofConsumer();
    all.putAll(more);
    return call(() -> inPlugin(() -> new KafkaConsumer<byte[], byte[]>(all)));
  }

  Admin admin() throws InterruptedException {
    return call(() -> inPlugin(() -> Admin.create(common())));
  }

  /**
   * Kafka's clients load classes by name, through the class loader of the thread that creates them,
   * or that is the first to use the classes of their properties.
   */
  static <T> T inPlugin(Supplier<T> creation) {
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    thread.setContextClassLoader(Clients.class.getClassLoader());
    try {
      return creation.get();
    } finally {
      thread.setContextClassLoader(before);
    }
  }

  private Map<String, Object> common() {
    int timeout = Math.toIntExact(settings.timeout().toMillis());
    Map<String, Object> all = new HashMap<>();
    all.put(CommonClientConfigs.CLIENT_ID_CONFIG, "orderwire");
    all.put(CommonClientConfigs.REQUEST_TIMEOUT_MS_CONFIG, timeout);
    all.put(CommonClientConfigs.DEFAULT_API_TIMEOUT_MS_CONFIG, timeout);
    all.put(CommonClientConfigs.SOCKET_CONNECTION_SETUP_TIMEOUT_MS_CONFIG, (long) timeout);
    all.put(CommonClientConfigs.SOCKET_CONNECTION_SETUP_TIMEOUT_MAX_MS_CONFIG, (long) timeout);
    // What waits for a broker that is away must not wait long once it is back.
    all.put(CommonClientConfigs.RECONNECT_BACKOFF_MAX_MS_CONFIG, 500L);
    all.put(CommonClientConfigs.METRIC_REPORTER_CLASSES_CONFIG, "");
    all.put(CommonClientConfigs.ENABLE_METRICS_PUSH_CONFIG, false);
    all.putAll(settings.library());
    all.put(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, String.join(",", settings.servers()));
    return all;
  }

  private Map<String, Object> ofProducer() {
    int timeout = Math.toIntExact(settings.timeout().toMillis());
    Map<String, Object> all = new HashMap<>();
    all.put(ProducerConfig.LINGER_MS_CONFIG, 0L);
    all.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, (long) timeout);
    all.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, timeout);
    all.putAll(common());
    all.put(ProducerConfig.ACKS_CONFIG, "all");
    all.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
    all.put(ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class);
    all.put(ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class);
    return all;
  }

  private Map<String, Object> ofConsumer() {
    Map<String, Object> all = new HashMap<>();
    all.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
    // A poll has about as much as one of Redis.
    all.put(ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG, 4 << 20);
    all.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, 100);
    all.putAll(common());
    all.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none");
    all.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    all.put(ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class);
    all.put(ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class);
    return all;
  }

  /** The offset of the next record of a partition; as far as it can be read, for transactions. */
  static long end(Consumer<?, ?> consumer, TopicPartition of, Duration timeout) {
    return Objects.requireNonNull(consumer.endOffsets(List.of(of), timeout).get(of));
  }

  /** The offset of the first record of a partition. */
  static long begin(Consumer<?, ?> consumer, TopicPartition of, Duration timeout) {
    return Objects.requireNonNull(consumer.beginningOffsets(List.of(of), timeout).get(of));
  }

  /** The most bytes of a request of a producer, and so of a record. */
  int mostBytes() {
    return inPlugin(() -> new ProducerConfig(ofProducer()))
        .getInt(ProducerConfig.MAX_REQUEST_SIZE_CONFIG);
  }

  /**
   * Calls the library.
   *
   * @throws BusException if the call fails
   */
  <T extends @Nullable Object> T call(Call<T> call) throws InterruptedException {
    try {
      return call.run();
    } catch (InterruptException e) {
      // The library has set it again.
      boolean _ = Thread.interrupted();
      throw (InterruptedException) new InterruptedException().initCause(e);
    } catch (ExecutionException e) {
      throw failure(e.getCause() == null ? e : e.getCause());
    } catch (KafkaException | IllegalStateException e) {
      throw failure(e);
    }
  }

  BusException failure(Throwable cause) {
    String text =
        cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
    Throwable root = cause.getCause();
    if (root != null && root.getMessage() != null && !text.contains(root.getMessage())) {
      text += ": " + root.getMessage();
    }
    boolean isAway = cause instanceof TimeoutException || cause instanceof RetriableException;
    return new BusException(
        "Kafka at %s %s: %s".formatted(settings, isAway ? "does not answer" : "has failed", text),
        cause);
  }
}
