package dev.orderwire.bus.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orderwire.bus.redis.Servers.Server;
import dev.orderwire.gateway.protocol.Limit;
import dev.orderwire.presence.ConnectionId;
import dev.orderwire.testing.AdminClient;
import dev.orderwire.testing.Await;
import dev.orderwire.testing.PlainClient;
import dev.orderwire.testing.RedisServer;
import dev.orderwire.testing.WsClient;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Connections, kicks and limits over several servers. */
final class RedisPresenceTest {
  private static RedisServer redis;

  @BeforeAll
  static void start(@TempDir Path folder) {
    redis = RedisServer.start(folder, "--appendfsync", "no");
  }

  @AfterAll
  static void stop() {
    redis.close();
  }

  @BeforeEach
  void empty() {
    redis.cli("FLUSHALL");
  }

  private static Servers two() {
    return Servers.two(redis.address(), Map.of());
  }

  @Test
  void eachServerListsTheConnectionsOfAll() {
    try (Servers servers = two();
        PlainClient one = servers.first().connect("7");
        PlainClient _ = servers.second().connect("8")) {
      servers.awaitListed("7", "8");
      AdminClient other = servers.second().admin();
      JsonNode listed = other.of("7").getFirst();
      assertThat(listed.get("id").asString()).isEqualTo(one.id());
      assertThat(listed.get("server").asString()).isEqualTo("first");
      assertThat(listed.get("address").asString()).isEqualTo("127.0.0.1");
      assertThat(listed.get("transport").asString()).isEqualTo("websocket");
      Await.until(
          "its view is known",
          () -> other.of("7").getFirst().get("views").toString().equals("{\"orders\":1}"));
      assertThat(listed.get("since"))
          .isEqualTo(servers.first().admin().of("7").getFirst().get("since"));
      assertThat(other.of("9")).isEmpty();
      List<String> names = new ArrayList<>();
      other.page("").body().get("servers").forEach(each -> names.add(each.get("name").asString()));
      assertThat(names).containsExactlyInAnyOrder("first", "second");
      assertThat(other.page("").body().has("problem")).isFalse();
      one.socket().close();
      servers.awaitListed("8");
    }
  }

  /** A page may be answered by another server than the one before. */
  @Test
  void pagesOfAllServersTogetherHaveEachConnectionOnce() {
    List<PlainClient> clients = new ArrayList<>();
    try (Servers servers = two()) {
      Server third = servers.start("third");
      servers.awaitKnown();
      List<Server> all = List.of(servers.first(), servers.second(), third);
      List<String> ids = new ArrayList<>();
      for (int i = 0; i < 300; i++) {
        clients.add(all.get(i % 3).connect("c" + i % 5));
        ids.add(clients.getLast().id());
      }
      for (Server each : all) {
        Await.until("all are stored", () -> each.admin().all(1_000).size() == 300);
      }
      for (int limit : List.of(1, 13, 300)) {
        List<String> listed = new ArrayList<>();
        String after = "";
        for (int page = 0; ; page++) {
          JsonNode answer =
              all.get(page % 3).admin().page("?limit=%d%s".formatted(limit, after)).body();
          answer.get("connections").forEach(each -> listed.add(each.get("id").asString()));
          if (!answer.get("more").asBoolean()) {
            break;
          }
          after = "&after=" + answer.get("after").asString();
        }
        assertThat(listed).as("limit %d", limit).containsExactlyInAnyOrderElementsOf(ids);
      }
      assertThat(third.admin().of("c3")).hasSize(60);
      assertThat(redis.cli("HLEN", "orderwire:connections:%s:1".formatted(third.id())))
          .isEqualTo("2");
      clients.forEach(PlainClient::close);
      servers.awaitListed();
    }
  }

  @Test
  void aConnectionIsKickedAtTheServerThatHasIt() {
    try (Servers servers = two();
        PlainClient kicked = servers.first().connect("7");
        PlainClient stays = servers.first().connect("7")) {
      AdminClient other = servers.second().admin();
      assertThat(other.kickConnection(kicked.id()).body())
          .hasToString("{\"closed\":1,\"unanswered\":[]}");
      assertThat(kicked.socket().await("error").get("code").asString()).isEqualTo("kicked");
      assertThat(kicked.closeCode()).isEqualTo(4403);
      assertThat(other.kickConnection(kicked.id()).status()).isEqualTo(404);
      assertThat(other.kickConnection(ConnectionId.newServer() + "-1").status()).isEqualTo(404);
      stays.ping();
    }
  }

  @Test
  void anIdentityIsKickedEverywhere() {
    try (Servers servers = two()) {
      Server third = servers.start("third");
      servers.awaitKnown();
      for (String name : List.of("7", "a b+ÄÖ%😀*", "{\"x\":1}")) {
        try (PlainClient one = servers.first().connect(name);
            PlainClient two = servers.first().connect(name);
            PlainClient three = third.connect(name);
            PlainClient other = third.connect("other")) {
          AdminClient.Answer answer = servers.second().admin().kickIdentity(name);
          assertThat(answer.closed()).isEqualTo(3);
          assertThat(answer.body().get("unanswered")).isEmpty();
          for (PlainClient each : List.of(one, two, three)) {
            assertThat(each.closeCode()).isEqualTo(4403);
          }
          other.ping();
        }
      }
    }
  }

  @Test
  void whoMayNotKicksNobodyElsewhere() {
    try (Servers servers = two();
        PlainClient client = servers.first().connect("7")) {
      AdminClient customer =
          new AdminClient(servers.second().gateway().uri("http", "/"), "customer:7");
      assertThat(customer.kickConnection(client.id()).status()).isEqualTo(403);
      assertThat(customer.kickIdentity("7").status()).isEqualTo(403);
      assertThat(customer.page("").status()).isEqualTo(403);
      client.ping();
    }
  }

  @Test
  void theConnectionsOfAnIdentityCountOnAllServers() {
    try (Servers servers = Servers.two(redis.address(), Map.of(Limit.IDENTITY_CONNECTIONS, 2L));
        PlainClient one = servers.first().connect("7");
        PlainClient two = servers.second().connect("7")) {
      servers.awaitListed("7", "7");
      assertThat(servers.first().refuses("7")).isTrue();
      assertThat(servers.second().refuses("7")).isTrue();
      try (PlainClient other = servers.first().connect("8")) {
        other.ping();
      }
      one.ping();
      two.ping();
      two.socket().close();
      Await.until("the place is free", () -> !servers.first().refuses("7"));
      one.ping();
    }
  }

  @Test
  void whoIsOverTheLimitIsToldWhich() {
    try (Servers servers = Servers.two(redis.address(), Map.of(Limit.IDENTITY_CONNECTIONS, 1L));
        PlainClient one = servers.first().connect("7")) {
      servers.awaitListed("7");
      WsClient second = WsClient.connect(servers.second().uri("7"));
      assertThat(second.await("error").get("message").asString())
          .contains("the limit is 1 connections of one identity");
      assertThat(second.closeCode()).isEqualTo(4429);
      one.ping();
    }
  }

  @Test
  void theConnectionsOfAnAddressCountOnAllServers() {
    try (Servers servers = Servers.two(redis.address(), Map.of(Limit.ADDRESS_CONNECTIONS, 1L));
        WsClient one = WsClient.connect(servers.first().uri("7"))) {
      one.await("subscribed");
      String counts = "orderwire:counts:%s:*".formatted(servers.first().id());
      Await.until("it counts", () -> redis.cli("KEYS", counts).lines().count() == 2);
      WsClient second = WsClient.connect(servers.second().uri("8"));
      assertThat(second.await("error").get("message").asString())
          .contains("the limit is 1 connections of one address");
      assertThat(second.closeCode()).isEqualTo(4429);
      one.send("{\"type\":\"ping\"}");
    }
  }

  /** Its connections are gone at once, and no key is left. */
  @Test
  void aServerThatEndsLeavesNothing() {
    try (Servers servers = two()) {
      Server second = servers.second();
      PlainClient one = servers.first().connect("7");
      PlainClient two = second.connect("8");
      servers.awaitListed("7", "8");
      servers.stop(second);
      assertThat(two.closeCode()).isEqualTo(1001);
      servers.awaitListed("7");
      assertThat(redis.cli("KEYS", "*" + second.id() + "*")).isEmpty();
      one.close();
    }
    assertThat(redis.cli("KEYS", "*")).isIn("", "orderwire:servers");
  }

  /** As after kill -9: nothing of it is renewed. */
  @Test
  void allThatAServerStoresHasATimeToLive() {
    try (Servers servers = two();
        PlainClient one = servers.first().connect("7")) {
      servers.awaitListed("7");
      assertThat(servers.second().admin().kickConnection(one.id()).closed()).isEqualTo(1);
      for (String key : redis.cli("KEYS", "*").lines().toList()) {
        // -2 is that of a key that has vanished meanwhile, -1 that of one that would stay.
        assertThat(Long.parseLong(redis.cli("PTTL", key)))
            .as(key)
            .isNotEqualTo(-1)
            .isLessThanOrEqualTo(10_000);
      }
    }
  }

  @Test
  void whatOthersWriteThereDoesNoHarm() {
    try (Servers servers = two();
        PlainClient one = servers.first().connect("7")) {
      servers.awaitListed("7");
      String id = servers.first().id();
      for (String text : List.of("x", "{}", "[]", "null", "{\"id\":\"" + one.id() + "\"}")) {
        redis.cli("RPUSH", "orderwire:inbox:" + id, text);
        redis.cli("RPUSH", "orderwire:inbox:" + id, "{\"from\":\"x\",\"request\":1,\"kick\":1}");
        redis.cli("HSET", "orderwire:connections:%s:5".formatted(id), "x", text);
        redis.cli("HSET", "orderwire:counts:%s:5".formatted(id), "x", text);
        redis.cli("SET", "orderwire:server:strange", text, "EX", "5");
        redis.cli("SADD", "orderwire:servers", "strange", "a b*");
      }
      for (Server each : List.of(servers.first(), servers.second())) {
        assertThat(each.admin().identities()).containsExactly("7");
      }
      assertThat(servers.second().admin().kickIdentity("7").closed()).isEqualTo(1);
    }
  }

  @Test
  void databasesWithPrefixesOfTheirOwnDoNotMeet() {
    try (Servers servers = two();
        Servers others = new Servers(redis.address(), Map.of("prefix", "shop2"), Map.of());
        PlainClient _ = servers.first().connect("7")) {
      others.start("other");
      others.awaitKnown();
      servers.awaitListed("7");
      others.awaitListed();
    }
  }
}
