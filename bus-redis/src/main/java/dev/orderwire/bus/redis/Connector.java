package dev.orderwire.bus.redis;

import io.lettuce.core.AbstractRedisClient;
import io.lettuce.core.ClientOptions;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.SocketOptions;
import io.lettuce.core.TimeoutOptions;
import io.lettuce.core.api.StatefulConnection;
import io.lettuce.core.cluster.ClusterClientOptions;
import io.lettuce.core.cluster.RedisClusterClient;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.codec.RedisCodec;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.resource.DefaultClientResources;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** Opens connections through one of Lettuce's clients. Safe for any number of threads. */
final class Connector implements AutoCloseable {
  /** Keys and names of fields are text, values are bytes. */
  static final RedisCodec<String, byte[]> CODEC =
      RedisCodec.of(StringCodec.UTF8, ByteArrayCodec.INSTANCE);

  /** Lettuce's least. A bus has few connections, and little work on each. */
  private static final int THREADS = 2;

  private static final long SHUTDOWN_SECONDS = 5;

  private final AbstractRedisClient client;
  private final ClientResources resources;
  private final Supplier<CompletableFuture<? extends StatefulConnection<String, byte[]>>> connect;

  private Connector(
      AbstractRedisClient client,
      ClientResources resources,
      Supplier<CompletableFuture<? extends StatefulConnection<String, byte[]>>> connect) {
    this.client = client;
    this.resources = resources;
    this.connect = connect;
  }

  /** Connects nowhere yet. */
  static Connector of(RedisSettings settings) {
    ClientResources resources =
        DefaultClientResources.builder()
            .ioThreadPoolSize(THREADS)
            .computationThreadPoolSize(THREADS)
            .build();
    return settings.cluster() ? cluster(settings, resources) : server(settings, resources);
  }

  private static Connector server(RedisSettings settings, ClientResources resources) {
    RedisURI address = settings.addresses().getFirst();
    RedisClient client = RedisClient.create(resources);
    client.setOptions(set(ClientOptions.builder(), settings).build());
    // With Sentinel, each connection begins with the question who is the master.
    return new Connector(
        client, resources, () -> client.connectAsync(CODEC, address).toCompletableFuture());
  }

  private static Connector cluster(RedisSettings settings, ClientResources resources) {
    RedisClusterClient client = RedisClusterClient.create(resources, settings.addresses());
    ClusterClientOptions.Builder options = ClusterClientOptions.builder();
    set(options, settings);
    client.setOptions(options.build());
    // The connection before may have failed because the slot has another master by now.
    return new Connector(
        client,
        resources,
        () ->
            client
                .refreshPartitionsAsync()
                .toCompletableFuture()
                .thenCompose(_ -> client.connectAsync(CODEC)));
  }

  private static ClientOptions.Builder set(ClientOptions.Builder options, RedisSettings settings) {
    Duration timeout = settings.timeout();
    return options
        .autoReconnect(false)
        .disconnectedBehavior(ClientOptions.DisconnectedBehavior.REJECT_COMMANDS)
        .timeoutOptions(TimeoutOptions.builder().timeoutCommands(false).build())
        .socketOptions(SocketOptions.builder().connectTimeout(timeout).build())
        .sslOptions(settings.tls());
  }

  /**
   * Begins to connect.
   *
   * @return fails with one of Lettuce's exceptions
   */
  CompletableFuture<? extends StatefulConnection<String, byte[]>> connect() {
    return connect.get();
  }

  @Override
  public void close() {
    client.shutdown(Duration.ZERO, Duration.ofSeconds(SHUTDOWN_SECONDS));
    resources.shutdown(0, SHUTDOWN_SECONDS, TimeUnit.SECONDS).awaitUninterruptibly();
  }
}
