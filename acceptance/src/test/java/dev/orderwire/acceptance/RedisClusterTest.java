package dev.orderwire.acceptance;

import dev.orderwire.testing.RedisServer;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Relays and gateways as processes, with a Redis, while their parts die under load. */
final class RedisClusterTest {
  @TempDir private Path home;
  @TempDir private Path data;
  @TempDir private Path redisData;
  private RedisServer redis;
  private BusyCluster cluster;

  @BeforeEach
  void start() throws IOException {
    redis = RedisServer.start(redisData);
    cluster = new BusyCluster(home, data, redis.address());
  }

  @AfterEach
  void end() {
    cluster.close();
    redis.close();
  }

  @Test
  void clientsGetEachChangeOnceWhileRelaysGatewaysAndRedisDie() throws Exception {
    cluster.assertEachChangeComesOnceDespite(() -> {
      redis.kill();
      cluster.awaitMoreChanges();
      redis.restartWithoutData();
      cluster.awaitMoreChanges();
      cluster.awaitBusInUse();
      redis.cli("FLUSHALL");
      cluster.awaitMoreChanges();
    });
  }
}
