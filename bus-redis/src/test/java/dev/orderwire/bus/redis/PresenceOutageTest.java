package dev.orderwire.bus.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orderwire.bus.redis.Servers.Server;
import dev.orderwire.gateway.protocol.Limit;
import dev.orderwire.testing.AdminClient;
import dev.orderwire.testing.Await;
import dev.orderwire.testing.LogLines;
import dev.orderwire.testing.PlainClient;
import dev.orderwire.testing.RedisServer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Redis is killed, hangs, or loses what it had. */
final class PresenceOutageTest {
  @TempDir private Path folder;

  private static void awaitAway(Servers servers) {
    for (Server each : List.of(servers.first(), servers.second())) {
      Await.until("it is noticed", () -> !each.problem().isEmpty());
    }
  }

  /** Each server goes on alone, and no connection is closed. */
  private static void assertAlone(Servers servers, PlainClient one, PlainClient two) {
    Server first = servers.first();
    AdminClient.Answer page = first.admin().page("");
    assertThat(page.status()).isEqualTo(200);
    assertThat(page.body().at("/connections/0/identity").asString()).isEqualTo("7");
    assertThat(page.body().get("connections")).hasSize(1);
    assertThat(page.body().get("problem").asString()).contains("Redis at redis://127.0.0.1");
    AdminClient.Answer kicked = first.admin().kickIdentity("8");
    assertThat(kicked.closed()).isZero();
    assertThat(kicked.body().get("problem").asString()).contains("Redis at redis://127.0.0.1");
    assertThat(first.admin().kickConnection(two.id()).body().has("problem")).isTrue();
    one.ping();
    two.ping();
  }

  @Test
  void whileRedisIsDeadEachServerGoesOnAlone() {
    try (RedisServer redis = RedisServer.start(folder);
        Servers servers = Servers.two(redis.address(), Map.of(Limit.IDENTITY_CONNECTIONS, 2L));
        PlainClient one = servers.first().connect("7");
        PlainClient two = servers.second().connect("8");
        LogLines log = new LogLines("dev.orderwire.presence")) {
      servers.awaitListed("7", "8");
      redis.kill();
      awaitAway(servers);
      assertAlone(servers, one, two);
      // The limits count this server's own.
      try (PlainClient more = servers.first().connect("8");
          PlainClient evenMore = servers.first().connect("8")) {
        assertThat(servers.first().refuses("8")).isTrue();
        redis.restart();
        // There are three by now, none of which is closed.
        servers.awaitListed("7", "8", "8", "8");
        for (PlainClient each : List.of(one, two, more, evenMore)) {
          each.ping();
        }
        Await.until("they count everywhere again", () -> servers.second().refuses("8"));
      }
      assertThat(log.all().stream().filter(line -> line.startsWith("WARN"))).hasSize(2);
      assertThat(log.all().stream().filter(line -> line.contains("answers again"))).hasSize(2);
    }
  }

  @Test
  void whileRedisHangsEachServerGoesOnAlone() {
    try (RedisServer redis = RedisServer.start(folder);
        Servers servers = Servers.two(redis.address(), Map.of());
        PlainClient one = servers.first().connect("7");
        PlainClient two = servers.second().connect("8")) {
      servers.awaitListed("7", "8");
      redis.pause();
      awaitAway(servers);
      assertAlone(servers, one, two);
      redis.resume();
      servers.awaitListed("7", "8");
      assertThat(servers.first().admin().kickConnection(two.id()).closed()).isEqualTo(1);
      assertThat(two.closeCode()).isEqualTo(4403);
    }
  }

  @Test
  void whatRedisHasLostIsStoredAgain() {
    try (RedisServer redis = RedisServer.start(folder);
        Servers servers = Servers.two(redis.address(), Map.of(Limit.IDENTITY_CONNECTIONS, 2L));
        PlainClient one = servers.first().connect("7");
        PlainClient two = servers.second().connect("8");
        PlainClient three = servers.second().connect("8")) {
      servers.awaitListed("7", "8", "8");
      redis.cli("FLUSHALL");
      servers.awaitListed("7", "8", "8");
      redis.cli("HDEL", "orderwire:connections:%s:1".formatted(servers.second().id()), "1");
      servers.awaitListed("7", "8", "8");
      redis.cli("HSET", "orderwire:connections:%s:1".formatted(servers.second().id()), "65", "x");
      Await.until(
          "what is not ours is removed",
          () ->
              redis
                  .cli("HLEN", "orderwire:connections:%s:1".formatted(servers.second().id()))
                  .equals("1"));
      redis.kill();
      redis.restartWithoutData();
      servers.awaitListed("7", "8", "8");
      Await.until("the counts are there again", () -> servers.first().refuses("8"));
      for (PlainClient each : List.of(one, two, three)) {
        each.ping();
      }
    }
  }

  @Test
  void aServerStartsWithoutRedis() {
    try (RedisServer redis = RedisServer.start(folder)) {
      redis.kill();
      try (Servers servers = new Servers(redis.address(), Map.of());
          PlainClient client = servers.start("first").connect("7")) {
        client.ping();
        assertThat(servers.first().problem()).isNotEmpty();
        assertThat(servers.first().admin().identities()).containsExactly("7");
        redis.restart();
        servers.start("second");
        servers.awaitListed("7");
      }
    }
  }

  @Test
  void aServerWithoutTheRightsSaysSo() {
    try (RedisServer redis = RedisServer.start(folder);
        Servers servers = new Servers(redis.address(), Map.of())) {
      redis.cli("SET", "orderwire:servers", "x");
      Server server = servers.start("first");
      Await.until("it is said", () -> server.problem().contains("WRONGTYPE"));
      redis.cli("DEL", "orderwire:servers");
      Await.until("it goes on", () -> server.problem().isEmpty());
    }
  }
}
