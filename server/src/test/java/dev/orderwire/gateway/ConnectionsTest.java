package dev.orderwire.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orderwire.auth.Admission;
import dev.orderwire.gateway.protocol.GatewayOptions;
import dev.orderwire.gateway.proxy.Proxies;
import dev.orderwire.presence.Presence;
import dev.orderwire.testing.AdminClient;
import dev.orderwire.testing.Await;
import dev.orderwire.testing.PlainClient;
import dev.orderwire.testing.RawSocket;
import dev.orderwire.testing.SseClient;
import dev.orderwire.testing.WsClient;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** Who is connected to one server, and the end of connections. */
@ExtendWith(FailOnLeak.class)
final class ConnectionsTest {
  private static final String POLICIES =
      """
      {"orders": {"customer": {"rows": "all"},
                  "support": {"rows": "all", "explain": true},
                  "admin": {"rows": {"customer": "nobody"}, "admin": true}},
       "line item/+%": {"customer": {"rows": "all"}}}
      """;

  private static FeedGateway gateway() {
    return gateway(FeedGateway.byRole(POLICIES));
  }

  private static FeedGateway gateway(Admission admission) {
    return new FeedGateway(
        FeedGateway.options(Map.of(), Proxies.NONE), admission, Presence.alone("one"));
  }

  private static AdminClient client(FeedGateway gateway, @Nullable String token) {
    return new AdminClient(gateway.uri("http", "/"), token);
  }

  private static AdminClient admin(FeedGateway gateway) {
    return client(gateway, "admin:lee");
  }

  private static PlainClient connect(FeedGateway gateway, String token) {
    return PlainClient.connect(gateway.ws("token", token));
  }

  @Test
  void eachConnectionIsListedWithWhatAnOperatorAsksFor() {
    Instant before = Instant.now().minus(Duration.ofSeconds(1));
    try (FeedGateway gateway = gateway();
        PlainClient one = connect(gateway, "customer:7");
        SseClient _ = SseClient.connect(gateway.events("token", "customer:8"));
        WsClient explicit = WsClient.connect(gateway.ws("token", "support:9"), "orderwire.v1")) {
      explicit.send("{\"type\":\"subscribe\",\"where\":{\"id\":1}}");
      explicit.send("{\"type\":\"subscribe\",\"where\":{\"id\":2}}");
      explicit.await("subscribed");
      explicit.await("subscribed");
      List<JsonNode> found = admin(gateway).of("7");
      assertThat(found).hasSize(1);
      JsonNode first = found.getFirst();
      assertThat(first.get("id").asString()).isEqualTo(one.id());
      assertThat(first.get("server").asString()).isEqualTo("one");
      assertThat(first.get("identity").asString()).isEqualTo("7");
      assertThat(first.get("address").asString()).isEqualTo("127.0.0.1");
      assertThat(first.get("transport").asString()).isEqualTo("websocket");
      assertThat(Instant.parse(first.get("since").asString())).isBetween(before, Instant.now());
      assertThat(first.get("views")).hasToString("{\"orders\":1}");
      assertThat(first.get("lagMillis").asLong()).isZero();
      assertThat(admin(gateway).of("8").getFirst().get("transport").asString()).isEqualTo("sse");
      assertThat(admin(gateway).of("9").getFirst().get("views")).hasToString("{\"orders\":2}");
      assertThat(admin(gateway).of("nobody")).isEmpty();
      AdminClient.Answer page = admin(gateway).page("?limit=1");
      assertThat(page.body().get("connections")).hasSize(1);
      assertThat(page.body().get("more").asBoolean()).isTrue();
      assertThat(page.body().get("servers")).hasToString("[{\"name\":\"one\",\"connections\":3}]");
    }
  }

  @Test
  void aClosedConnectionIsNotListed() {
    try (FeedGateway gateway = gateway()) {
      connect(gateway, "customer:7").close();
      Await.until("it is gone", () -> admin(gateway).identities().isEmpty());
    }
  }

  @Test
  void aClientThatHasNotSaidWhoItIsIsListedWithoutAName() {
    try (FeedGateway gateway = gateway();
        WsClient late = WsClient.connect(gateway.ws(), "orderwire.v1")) {
      late.await("welcome");
      assertThat(admin(gateway).all(10)).hasSize(1);
      assertThat(admin(gateway).all(10).getFirst().get("identity").isNull()).isTrue();
      late.send("{\"type\":\"auth\",\"token\":\"customer:7\"}");
      late.await("authenticated");
      assertThat(admin(gateway).identities()).containsExactly("7");
    }
  }

  /** Would fail if the order were not total, or a page began at the wrong place. */
  @Test
  void pagesTogetherHaveEachConnectionOnce() {
    List<PlainClient> clients = new ArrayList<>();
    try (FeedGateway gateway = gateway()) {
      Set<String> ids = new HashSet<>();
      for (int i = 0; i < 150; i++) {
        clients.add(connect(gateway, "customer:" + i % 3));
        ids.add(clients.getLast().id());
      }
      assertThat(ids).hasSize(150);
      for (int limit : List.of(1, 7, 150, 1_000)) {
        List<String> listed =
            admin(gateway).all(limit).stream().map(each -> each.get("id").asString()).toList();
        assertThat(listed).as("limit %d", limit).doesNotHaveDuplicates().hasSize(150);
        assertThat(new HashSet<>(listed)).isEqualTo(ids);
      }
      assertThat(admin(gateway).of("1")).hasSize(50);
      clients.forEach(PlainClient::close);
    }
  }

  @Test
  void idsAreUniqueOverServersAndRestarts() {
    Set<String> servers = new HashSet<>();
    for (int i = 0; i < 3; i++) {
      try (FeedGateway gateway = gateway();
          PlainClient client = connect(gateway, "customer:7")) {
        assertThat(client.id()).matches("[0-9a-z]{13}-1");
        servers.add(client.id());
      }
    }
    assertThat(servers).hasSize(3);
  }

  @Test
  void onlyAdministratorsSeeAndCloseConnections() {
    try (FeedGateway gateway = gateway();
        PlainClient client = connect(gateway, "customer:7")) {
      for (String token : List.of("customer:7", "support:9", "unknown:1")) {
        AdminClient other = client(gateway, token);
        for (AdminClient.Answer answer :
            List.of(
                other.page(""),
                other.page("?identity=7"),
                other.page("?identity="),
                other.page("/" + client.id()),
                other.kickIdentity("7"),
                other.kickConnection(client.id()),
                other.kickConnection("no such"),
                other.ask("DELETE", "/api/connections"))) {
          assertThat(answer.status()).as("%s: %s", token, answer.body()).isEqualTo(403);
          assertThat(answer.code()).isEqualTo("not_allowed");
          assertThat(answer.body().toString()).doesNotContain("127.0.0.1");
        }
      }
      AdminClient stranger = client(gateway, null);
      assertThat(stranger.page("").status()).isEqualTo(401);
      assertThat(stranger.kickIdentity("7").status()).isEqualTo(401);
      assertThat(stranger.kickConnection(client.id()).status()).isEqualTo(401);
      gateway.append(FeedGateway.insert(101, FeedGateway.order(1, "7", "pending")));
      client.socket().await("changes");
    }
  }

  @Test
  void aTableThatTheAdministratorMayNotKnowIsNotNamed() {
    try (FeedGateway gateway = gateway();
        WsClient _ = WsClient.connect(gateway.ws("token", "customer:7", "table", "line item/+%"))) {
      Await.until("it is listed", () -> admin(gateway).identities().equals(List.of("7")));
      AdminClient.Answer page = admin(gateway).page("");
      assertThat(page.body().toString()).doesNotContain("line item");
      assertThat(page.body().at("/connections/0/views")).hasToString("{}");
    }
  }

  @Test
  void aKickedConnectionIsToldAndTheOthersStay() {
    try (FeedGateway gateway = gateway();
        PlainClient kicked = connect(gateway, "customer:7");
        PlainClient stays = connect(gateway, "customer:7")) {
      AdminClient.Answer answer = admin(gateway).kickConnection(kicked.id());
      assertThat(answer.status()).isEqualTo(200);
      assertThat(answer.body()).hasToString("{\"closed\":1,\"unanswered\":[]}");
      JsonNode error = kicked.socket().await("error");
      assertThat(error.get("code").asString()).isEqualTo("kicked");
      assertThat(kicked.closeCode()).isEqualTo(4403);
      Await.until("it is gone", () -> admin(gateway).of("7").size() == 1);
      assertThat(admin(gateway).kickConnection(kicked.id()).status()).isEqualTo(404);
      gateway.append(FeedGateway.insert(101, FeedGateway.order(1, "7", "pending")));
      stays.socket().await("changes");
      assertThat(gateway.traffic.closes).hasSize(1);
    }
  }

  @Test
  void allConnectionsOfAnIdentityAreKickedByAnyTransport() {
    try (FeedGateway gateway = gateway();
        PlainClient one = connect(gateway, "customer:7");
        SseClient events = SseClient.connect(gateway.events("token", "customer:7"));
        WsClient late = WsClient.connect(gateway.ws(), "orderwire.v1");
        PlainClient other = connect(gateway, "customer:77")) {
      late.send("{\"type\":\"auth\",\"token\":\"customer:7\"}");
      late.await("authenticated");
      assertThat(admin(gateway).kickIdentity("7").closed()).isEqualTo(3);
      assertThat(one.closeCode()).isEqualTo(4403);
      assertThat(late.closeCode()).isEqualTo(4403);
      Await.until("the stream has ended", events::hasEnded);
      assertThat(admin(gateway).identities()).containsExactly("77");
      assertThat(admin(gateway).kickIdentity("7").closed()).isZero();
      // A valid token lets it in again.
      connect(gateway, "customer:7").close();
      other.ping();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "x",
        "..",
        "../tables",
        "%",
        "a-b-c",
        "0000000000000-",
        "0000000000000-1'; FLUSHALL",
        "-1",
        "0000000000000-01",
        "ÄÖÜ",
        "*",
        "\u0000",
        "0000000000000-zzzzzzzzzzzzzzzz",
        " ",
        "a/b"
      })
  void anIdThatNobodyHasIsNotFound(String id) {
    try (FeedGateway gateway = gateway();
        PlainClient client = connect(gateway, "customer:7")) {
      assertThat(admin(gateway).kickConnection(id).status()).isEqualTo(404);
      client.ping();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"a b+c", "ÄÖÜ%2F/..", "*", "'; DROP TABLE x", "{\"a\":1}", "😀", "-"})
  void identitiesHaveAnyCharacters(String name) {
    try (FeedGateway gateway = gateway();
        PlainClient client = connect(gateway, "customer:" + name);
        PlainClient other = connect(gateway, "customer:7")) {
      assertThat(admin(gateway).of(name)).hasSize(1);
      assertThat(admin(gateway).kickIdentity(name).closed()).isEqualTo(1);
      assertThat(client.closeCode()).isEqualTo(4403);
      other.ping();
    }
  }

  @Test
  void whatIsWrongInARequestIsSaid() {
    try (FeedGateway gateway = gateway();
        PlainClient client = connect(gateway, "customer:7")) {
      AdminClient admin = admin(gateway);
      assertThat(admin.ask("DELETE", "/api/connections").code()).isEqualTo("bad_parameter");
      assertThat(admin.kickIdentity("").code()).isEqualTo("bad_parameter");
      assertThat(admin.kickIdentity("a\nb").code()).isEqualTo("bad_parameter");
      assertThat(admin.kickIdentity("x".repeat(1_001)).code()).isEqualTo("bad_parameter");
      assertThat(
              admin.ask("DELETE", "/api/connections/%s?identity=7".formatted(client.id())).code())
          .isEqualTo("bad_parameter");
      assertThat(admin.ask("DELETE", "/api/connections?identity=7&identity=8").code())
          .isEqualTo("bad_parameter");
      assertThat(admin.ask("DELETE", "/api/connections?id=7").code()).isEqualTo("bad_parameter");
      for (String query : List.of("?limit=0", "?limit=1001", "?limit=x", "?after=x", "?view=1")) {
        assertThat(admin.page(query).code()).as(query).isEqualTo("bad_parameter");
      }
      assertThat(admin.page("/" + client.id()).status()).isEqualTo(404);
      for (String method : List.of("POST", "PUT", "PATCH")) {
        AdminClient.Answer answer = admin.ask(method, "/api/connections");
        assertThat(answer.status()).isEqualTo(405);
        assertThat(answer.allow()).isEqualTo("GET, HEAD, OPTIONS, DELETE");
      }
      for (String path : List.of("/api/tables", "/ws", "/events", "/client", "/api/connectionsx")) {
        AdminClient.Answer answer = admin.ask("DELETE", path);
        assertThat(answer.status()).as(path).isEqualTo(405);
        assertThat(answer.allow()).isEqualTo("GET, HEAD, OPTIONS");
      }
      assertThat(admin.ask("OPTIONS", "/api/connections").allow()).contains("DELETE");
      assertThat(admin.page("").status()).isEqualTo(200);
      client.ping();
    }
  }

  @Test
  void withoutAuthenticationEverybodyOnThisMachineMay() {
    try (FeedGateway gateway = gateway(Admission.OPEN);
        PlainClient client = PlainClient.connect(gateway.ws())) {
      AdminClient anybody = client(gateway, null);
      assertThat(anybody.all(10)).hasSize(1);
      assertThat(anybody.kickConnection(client.id()).closed()).isEqualTo(1);
      assertThat(client.closeCode()).isEqualTo(4403);
    }
  }

  @Test
  void withoutAuthenticationNobodyMayOnAServerForOthers() {
    var options =
        new GatewayOptions(
            "0.0.0.0", 0, Duration.ofHours(1), Set.of(), Set.of(), FeedGateway.SPOOLS, Map.of());
    try (FeedGateway gateway = new FeedGateway(options, Admission.OPEN, Presence.alone("one"));
        PlainClient client = PlainClient.connect(gateway.ws())) {
      AdminClient anybody = client(gateway, null);
      assertThat(anybody.page("").code()).isEqualTo("not_allowed");
      assertThat(anybody.kickConnection(client.id()).code()).isEqualTo("not_allowed");
      assertThat(anybody.kickIdentity("7").code()).isEqualTo("not_allowed");
      client.ping();
    }
  }

  /** A page of another origin may not close connections: the browser asks first. */
  @Test
  void pagesOfOtherOriginsMayReadOnly() {
    try (FeedGateway gateway = gateway();
        RawSocket socket = RawSocket.connect(gateway.address)) {
      socket.send(
          "OPTIONS /api/connections HTTP/1.1\r\nHost: localhost\r\nOrigin: http://localhost:3000\r\nAccess-Control-Request-Method: DELETE\r\n\r\n");
      assertThat(socket.readAnswer()).contains("access-control-allow-methods: GET, HEAD\r\n");
    }
  }
}
