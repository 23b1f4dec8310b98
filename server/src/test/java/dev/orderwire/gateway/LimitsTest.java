package dev.orderwire.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orderwire.gateway.protocol.CloseReason;
import dev.orderwire.gateway.protocol.Limit;
import dev.orderwire.gateway.proxy.Proxies;
import dev.orderwire.testing.Await;
import dev.orderwire.testing.RawSocket;
import dev.orderwire.testing.RawSocket.WsFrame;
import dev.orderwire.testing.SseClient;
import dev.orderwire.testing.WsClient;
import java.io.UncheckedIOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** What one connection, one address and one identity may take. */
@ExtendWith(FailOnLeak.class)
class LimitsTest {
  /** With a proxy configured, though none that connects, addresses of this machine count too. */
  private static final Proxies ELSEWHERE =
      new Proxies(List.of("192.0.2.0/24"), Proxies.Header.X_FORWARDED_FOR, false);

  private static FeedGateway byAddress(Map<Limit, Long> limits) {
    return new FeedGateway(FeedGateway.options(limits, ELSEWHERE), 1_000);
  }

  private static FeedGateway byIdentity(Map<Limit, Long> limits, InMemoryStore store) {
    return new FeedGateway(
        FeedGateway.options(limits, Proxies.NONE), 1_000, store, store, FeedGateway.byName(), null);
  }

  private static FeedGateway byIdentity(Map<Limit, Long> limits) {
    return byIdentity(limits, new InMemoryStore());
  }

  private static String get(String path, String... headers) {
    StringBuilder request = new StringBuilder("GET " + path + " HTTP/1.1\r\nHost: localhost\r\n");
    for (String header : headers) {
      request.append(header).append("\r\n");
    }
    return request + "\r\n";
  }

  private static String ask(FeedGateway gateway, String path, String... headers) {
    try (RawSocket socket = RawSocket.connect(gateway.address)) {
      socket.send(get(path, headers));
      return socket.readAnswer();
    }
  }

  @Test
  void anAddressHasSoManyConnectionsAndOthersAreServed() {
    try (FeedGateway gateway = byAddress(Map.of(Limit.ADDRESS_CONNECTIONS, 2L));
        RawSocket _ = RawSocket.connect(gateway.address).upgrade("/ws")) {
      try (RawSocket _ = RawSocket.connect(gateway.address).upgrade("/ws");
          RawSocket third = RawSocket.connect(gateway.address)) {
        third.send(get("/api/tables"));
        assertThat(third.readAnswer())
            .startsWith("HTTP/1.1 429")
            .contains("retry-after: 1", "over_limit", "the limit is 2 connections of one address");
        assertThat(third.awaitEnd()).isTrue();
      }
      try (RawSocket other = RawSocket.connectFrom("127.0.0.2", gateway.address)) {
        other.send(get("/api/tables"));
        assertThat(other.readAnswer()).startsWith("HTTP/1.1 200");
      }
      assertThat(gateway.traffic.overLimits).containsExactly(Limit.ADDRESS_CONNECTIONS);
      Await.until(
          "the place is free", () -> ask(gateway, "/api/tables").startsWith("HTTP/1.1 200"));
    }
  }

  /** Otherwise the refused ones would take what the limit is to save. */
  @Test
  void ofManyRefusedConnectionsMostAreClosedWithoutAnAnswer() {
    try (FeedGateway gateway =
            byAddress(Map.of(Limit.ADDRESS_CONNECTIONS, 1L, Limit.ADDRESS_EXPLANATIONS, 1L));
        RawSocket _ = RawSocket.connect(gateway.address).upgrade("/ws")) {
      List<String> answers = new ArrayList<>();
      Await.until(
          "a connection is closed without an answer",
          () -> {
            try {
              answers.add(ask(gateway, "/api/tables"));
              return false;
            } catch (UncheckedIOException _) {
              return true;
            }
          });
      assertThat(answers)
          .hasSizeGreaterThanOrEqualTo(10)
          .allMatch(answer -> answer.startsWith("HTTP/1.1 429"));
    }
  }

  @Test
  void anAddressOpensSoManyConnectionsInASecond() {
    try (FeedGateway gateway = byAddress(Map.of(Limit.ADDRESS_OPENINGS, 1L))) {
      List<String> answers = new ArrayList<>();
      Await.until(
          "a connection is refused",
          () -> {
            answers.add(ask(gateway, "/health"));
            return !answers.getLast().startsWith("HTTP/1.1 200");
          });
      assertThat(answers).hasSizeGreaterThan(10);
      assertThat(answers.getLast())
          .startsWith("HTTP/1.1 429")
          .contains("the limit is 1 new connections of one address in a second");
      assertThat(gateway.traffic.overLimits).containsExactly(Limit.ADDRESS_OPENINGS);
    }
  }

  @Test
  void anAddressSendsSoManyRequestsInASecond() {
    try (FeedGateway gateway = byAddress(Map.of(Limit.ADDRESS_REQUESTS, 1L));
        RawSocket socket = RawSocket.connect(gateway.address)) {
      List<String> answers = new ArrayList<>();
      Await.until(
          "a request is refused",
          () -> {
            socket.send(get("/health"));
            answers.add(socket.readAnswer());
            return !answers.getLast().startsWith("HTTP/1.1 200");
          });
      assertThat(answers).hasSizeGreaterThan(10);
      assertThat(answers.getLast())
          .startsWith("HTTP/1.1 429")
          .contains("connection: close", "requests and frames of one address in a second");
      assertThat(socket.awaitEnd()).isTrue();
      assertThat(gateway.traffic.overLimits).containsExactly(Limit.ADDRESS_REQUESTS);
    }
  }

  /** However a client asks, the same limits hold, and each refusal is counted. */
  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "WHERE_LEVELS; {'not':{'id':1}}; {'not':{'not':{'id':1}}}",
        "WHERE_CONDITIONS; {'id':1}; {'id':1,'status':'new'}",
        "WHERE_VALUES; {'id':{'in':[1]}}; {'id':{'in':[1,2]}}",
        "WHERE_CHARACTERS; {'id':1}; {'id':12}"
      })
  void aWhereIsAsLargeAsTheSettingsSay(Limit limit, String most, String more) {
    most = most.replace('\'', '"');
    more = more.replace('\'', '"');
    try (FeedGateway gateway = new FeedGateway(Map.of(limit, 1L));
        WsClient client = WsClient.connect(gateway.ws())) {
      client.await("welcome");
      client.send("{\"type\":\"subscribe\",\"where\":%s}".formatted(most));
      client.await("subscribed");
      client.send("{\"type\":\"subscribe\",\"where\":%s}".formatted(more));
      JsonNode error = client.await("error");
      assertThat(error.path("code").asString()).isEqualTo("bad_where");
      assertThat(error.path("message").asString()).contains("at most 1 ");
      String where = "where=" + URLEncoder.encode(more, StandardCharsets.UTF_8);
      for (String path : List.of("/api/tables/orders/changes?", "/events?")) {
        assertThat(ask(gateway, path + where))
            .as(path)
            .startsWith("HTTP/1.1 400")
            .contains("bad_where", "at most 1 ");
      }
      assertThat(gateway.traffic.overLimits).containsExactly(limit, limit, limit);
    }
  }

  /** Behind the address of a proxy that is not configured are all clients. */
  @Test
  void withoutProxiesTheAddressesOfThisMachineAreNotLimited() {
    Map<Limit, Long> limits =
        Map.of(
            Limit.ADDRESS_CONNECTIONS, 1L,
            Limit.ADDRESS_OPENINGS, 1L,
            Limit.ADDRESS_REQUESTS, 1L);
    try (FeedGateway gateway = new FeedGateway(limits);
        RawSocket _ = RawSocket.connect(gateway.address).upgrade("/ws")) {
      for (int i = 0; i < 30; i++) {
        assertThat(ask(gateway, "/health")).startsWith("HTTP/1.1 200");
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "81, 7b2274797065223a2270696e67227d", // a message {"type":"ping"}
    "89, 00", // a ping
    "8a, 00", // a pong that nobody asked for
  })
  void aConnectionThatSendsTooManyFramesIsClosedAndToldWhy(String first, String payload) {
    try (FeedGateway gateway = new FeedGateway(Map.of(Limit.FRAMES, 1L));
        RawSocket socket =
            RawSocket.connect(gateway.address)
                .upgrade("/ws", "Sec-WebSocket-Protocol: orderwire.v1");
        WsClient honest = WsClient.connect(gateway.ws())) {
      for (int i = 0; i < 100; i++) {
        socket.sendFrame(Integer.parseInt(first, 16), HexFormat.of().parseHex(payload));
      }
      assertThat(closeOf(socket, "frames of one connection in a second")).isEqualTo(4429);
      assertThat(gateway.traffic.overLimits).containsExactly(Limit.FRAMES);
      assertThat(gateway.traffic.closes).containsExactly(CloseReason.OVER_LIMIT);
      honest.await("subscribed");
    }
  }

  /** Empty ones never reach the limit of a message's size. */
  @Test
  void aMessageOfTooManyFragmentsClosesTheConnection() {
    try (FeedGateway gateway = new FeedGateway(Map.of(Limit.FRAMES, 1L));
        RawSocket socket = RawSocket.connect(gateway.address).upgrade("/ws")) {
      socket.sendFrame(0x01, new byte[0]);
      for (int i = 0; i < 100; i++) {
        socket.sendFrame(0x00, new byte[0]);
      }
      assertThat(closeOf(socket, "frames of one connection in a second")).isEqualTo(4429);
    }
  }

  @Test
  void theFramesOfAllConnectionsOfAnAddressCountTogether() {
    try (FeedGateway gateway = byAddress(Map.of(Limit.ADDRESS_REQUESTS, 1L));
        RawSocket one = RawSocket.connect(gateway.address).upgrade("/ws");
        RawSocket two = RawSocket.connect(gateway.address).upgrade("/ws")) {
      Await.until(
          "one of them is over the limit",
          () -> {
            for (RawSocket socket : List.of(one, two)) {
              socket.sendFrame(0x8a, new byte[0]);
            }
            return !gateway.traffic.overLimits.isEmpty();
          });
      assertThat(gateway.traffic.overLimits).contains(Limit.ADDRESS_REQUESTS);
    }
  }

  private static int closeOf(RawSocket socket, String reason) {
    String told = "";
    for (WsFrame frame = socket.readFrame(); ; frame = socket.readFrame()) {
      if (frame.opcode() == WsFrame.CLOSE) {
        assertThat(told).contains("over_limit", reason);
        return frame.closeCode();
      }
      if (frame.opcode() == WsFrame.TEXT) {
        told = frame.text();
      }
    }
  }

  @Test
  void anIdentityHasSoManyConnectionsByAnyPath() {
    try (FeedGateway gateway = byIdentity(Map.of(Limit.IDENTITY_CONNECTIONS, 1L))) {
      try (WsClient first = WsClient.connect(gateway.ws("token", "Ann"))) {
        first.await("subscribed");
        try (WsClient second = WsClient.connect(gateway.ws("token", "Ann"))) {
          assertThat(second.await("error").get("message").asString())
              .contains("the limit is 1 connections of one identity");
          assertThat(second.closeCode()).isEqualTo(4429);
        }
        try (WsClient later = WsClient.connect(gateway.ws(), "orderwire.v1")) {
          later.send("{\"type\":\"auth\",\"token\":\"Ann\"}");
          assertThat(later.await("error").get("code").asString()).isEqualTo("over_limit");
          assertThat(later.closeCode()).isEqualTo(4429);
        }
        try (SseClient events = SseClient.connect(gateway.events("token", "Ann"))) {
          assertThat(events.status()).isEqualTo(429);
        }
        try (WsClient other = WsClient.connect(gateway.ws("token", "Bob"))) {
          other.await("subscribed");
        }
        assertThat(gateway.traffic.overLimits).hasSize(3).containsOnly(Limit.IDENTITY_CONNECTIONS);
        assertThat(ask(gateway, "/api/tables", "Authorization: Bearer Ann"))
            .startsWith("HTTP/1.1 200");
      }
      Await.until(
          "the place is free",
          () -> {
            try (SseClient events = SseClient.connect(gateway.events("token", "Ann"))) {
              return events.status() == 200;
            }
          });
    }
  }

  @Test
  void aRenewedTokenIsNoSecondConnection() {
    try (FeedGateway gateway = byIdentity(Map.of(Limit.IDENTITY_CONNECTIONS, 1L));
        WsClient client = WsClient.connect(gateway.ws("token", "Ann"), "orderwire.v1")) {
      for (int i = 0; i < 3; i++) {
        client.send("{\"type\":\"auth\",\"token\":\"Ann\"}");
        client.await("authenticated");
      }
      assertThat(gateway.traffic.overLimits).isEmpty();
    }
  }

  @Test
  void anIdentitySendsSoManyRequestsInASecond() {
    try (FeedGateway gateway = byIdentity(Map.of(Limit.IDENTITY_REQUESTS, 1L))) {
      List<String> answers = new ArrayList<>();
      Await.until(
          "a request is refused",
          () -> {
            answers.add(ask(gateway, "/api/tables", "Authorization: Bearer Ann"));
            return !answers.getLast().startsWith("HTTP/1.1 200");
          });
      assertThat(answers).hasSizeGreaterThan(10);
      assertThat(answers.getLast())
          .startsWith("HTTP/1.1 429")
          .contains("requests and frames of one identity in a second");
      assertThat(ask(gateway, "/api/tables", "Authorization: Bearer Bob"))
          .startsWith("HTTP/1.1 200");
      try (WsClient client = WsClient.connect(gateway.ws("token", "Ann"))) {
        assertThat(client.await("error").get("code").asString()).isEqualTo("over_limit");
        assertThat(client.closeCode()).isEqualTo(4429);
      }
    }
  }

  @Test
  void anIdentityHasSoManySnapshotsAtOnce() {
    InMemoryStore store = new InMemoryStore();
    try (FeedGateway gateway = byIdentity(Map.of(Limit.IDENTITY_SNAPSHOTS, 1L), store);
        WsClient client = WsClient.connect(gateway.ws("token", "Ann"), "orderwire.v1");
        WsClient other = WsClient.connect(gateway.ws("token", "Bob"), "orderwire.v1")) {
      store.reads.acquireUninterruptibly();
      client.send(snapshotOf(1));
      Await.until("it is being read", () -> store.reads.hasQueuedThreads());
      client.send(snapshotOf(2));
      JsonNode refused = client.await("error");
      assertThat(refused.get("code").asString()).isEqualTo("over_limit");
      assertThat(refused.get("message").asString()).contains("for one identity");
      assertThat(ask(gateway, "/api/tables/orders/rows", "Authorization: Bearer Ann"))
          .startsWith("HTTP/1.1 429");
      assertThat(gateway.traffic.overLimits).hasSize(2).containsOnly(Limit.IDENTITY_SNAPSHOTS);
      other.send(snapshotOf(3));
      store.reads.release();
      client.await("snapshot");
      other.await("snapshot");
      client.send(snapshotOf(2));
      client.await("snapshot");
    }
  }

  private static String snapshotOf(int id) {
    return "{\"type\":\"subscribe\",\"where\":{\"id\":%d},\"snapshot\":true}".formatted(id);
  }

  @ParameterizedTest
  @ValueSource(strings = {"3", "2"})
  void aSnapshotHasSoManyRows(long most) {
    try (MemoryGateway gateway = new MemoryGateway(10, Map.of(Limit.SNAPSHOT_ROWS, most))) {
      gateway.insert(3);
      try (WsClient client = WsClient.connect(gateway.ws("snapshot", "true"))) {
        if (most == 3) {
          assertThat(client.await("snapshot").get("rows")).hasSize(3);
        } else {
          assertThat(client.closeCode()).isEqualTo(4429);
          assertThat(gateway.traffic.overLimits).containsExactly(Limit.SNAPSHOT_ROWS);
        }
      }
    }
  }

  @Test
  void theServerHasSoManyDifferentViews() {
    try (FeedGateway gateway = new FeedGateway(Map.of(Limit.DISTINCT_VIEWS, 1L));
        WsClient first = WsClient.connect(gateway.ws());
        WsClient equal = WsClient.connect(gateway.ws())) {
      first.await("subscribed");
      equal.await("subscribed");
      try (WsClient different = WsClient.connect(gateway.ws("where", "{\"id\":1}"))) {
        assertThat(different.await("error").get("message").asString())
            .contains("the limit is 1 different views in all");
        assertThat(different.closeCode()).isEqualTo(4429);
      }
      assertThat(gateway.traffic.overLimits).containsExactly(Limit.DISTINCT_VIEWS);
    }
  }
}
