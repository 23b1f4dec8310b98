package dev.orderwire.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orderwire.gateway.protocol.Limit;
import dev.orderwire.gateway.proxy.Proxies;
import dev.orderwire.testing.Await;
import dev.orderwire.testing.RawSocket;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Clients behind a proxy. The proxy is 127.0.0.1; what comes from 127.0.0.2 comes from somebody
 * else. That an address has one connection only shows by which address a client is counted.
 */
@ExtendWith(FailOnLeak.class)
class ProxiedTest {
  private static final Map<Limit, Long> ONE_CONNECTION = Map.of(Limit.ADDRESS_CONNECTIONS, 1L);

  private static FeedGateway behind(Proxies.Header header) {
    return new FeedGateway(
        FeedGateway.options(ONE_CONNECTION, new Proxies(List.of("127.0.0.1"), header, false)),
        1_000);
  }

  private static String webSocket(String... headers) {
    return "GET /ws HTTP/1.1\r\nHost: orders.example\r\nUpgrade: websocket\r\nConnection: Upgrade"
        + "\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
        + String.join("", Arrays.stream(headers).map(each -> each + "\r\n").toList())
        + "\r\n";
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          X_FORWARDED_FOR | X-Forwarded-For: 6.6.6.6, %s
          FORWARDED       | Forwarded: for=6.6.6.6, for=%s;proto=https
          """)
  void theClientsOfAProxyAreCountedByTheirOwnAddresses(Proxies.Header header, String line) {
    String ann = webSocket(line.formatted("198.51.100.1"));
    String bob = webSocket(line.formatted("198.51.100.2"));
    try (FeedGateway gateway = behind(header)) {
      try (RawSocket _ = RawSocket.connect(gateway.address).upgradeBy(ann);
          RawSocket _ = RawSocket.connect(gateway.address).upgradeBy(bob);
          RawSocket second = RawSocket.connect(gateway.address).upgradeBy(ann)) {
        assertThat(second.readCloseCode()).isEqualTo(4429);
        assertThat(gateway.traffic.overLimits).containsExactly(Limit.ADDRESS_CONNECTIONS);
      }
      Await.until(
          "the place is free",
          () -> {
            try (RawSocket again = RawSocket.connect(gateway.address).upgradeBy(ann)) {
              return again.readFrame().closeCode() == 0;
            }
          });
    }
  }

  /** A proxy sends the requests of many clients on one connection. */
  @Test
  void eachRequestOfAProxyCountsForItsOwnClient() {
    Map<Limit, Long> limits = Map.of(Limit.ADDRESS_REQUESTS, 1L);
    Proxies proxies = new Proxies(List.of("127.0.0.1"), Proxies.Header.X_FORWARDED_FOR, false);
    try (FeedGateway gateway = new FeedGateway(FeedGateway.options(limits, proxies), 1_000);
        RawSocket socket = RawSocket.connect(gateway.address)) {
      for (int i = 0; i < 100; i++) {
        socket.send(
            "GET /health HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: 198.51.100.%d\r\n\r\n"
                .formatted(i));
        assertThat(socket.readAnswer()).startsWith("HTTP/1.1 200");
      }
      // Health checks of the proxy itself.
      for (int i = 0; i < 100; i++) {
        socket.send("GET /health HTTP/1.1\r\nHost: x\r\n\r\n");
        assertThat(socket.readAnswer()).startsWith("HTTP/1.1 200");
      }
    }
  }

  private static FeedGateway byIdentity(Map<Limit, Long> limits) {
    UnavailableStore store = new UnavailableStore();
    Proxies proxies = new Proxies(List.of("127.0.0.1"), Proxies.Header.X_FORWARDED_FOR, false);
    return new FeedGateway(
        FeedGateway.options(limits, proxies), 1_000, store, store, FeedGateway.byName(), null);
  }

  private static String ask(RawSocket proxy, String path, String client, String... headers) {
    proxy.send(
        "GET %s HTTP/1.1\r\nHost: orders.example\r\nX-Forwarded-For: %s\r\n%s\r\n"
            .formatted(
                path,
                client,
                String.join("", Arrays.stream(headers).map(each -> each + "\r\n").toList())));
    return proxy.readAnswer();
  }

  private static void askUntilOverLimit(RawSocket proxy, String client) {
    Await.until(
        "the client is over its limit",
        () -> ask(proxy, "/health", client).startsWith("HTTP/1.1 429"));
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void afterAFailedHandshakeEachRequestCountsForItsOwnClientStill(boolean onTheKeptConnection) {
    String first = "198.51.100.1";
    String next = "198.51.100.2";
    try (FeedGateway gateway = byIdentity(Map.of(Limit.ADDRESS_REQUESTS, 1L));
        RawSocket kept = RawSocket.connect(gateway.address);
        RawSocket other = RawSocket.connect(gateway.address)) {
      assertThat(ask(kept, "/ws", first, "Authorization: Bearer Ann")).startsWith("HTTP/1.1 426");
      if (onTheKeptConnection) {
        askUntilOverLimit(kept, next);
        assertThat(ask(other, "/health", first)).startsWith("HTTP/1.1 200");
      } else {
        askUntilOverLimit(other, first);
        assertThat(ask(kept, "/health", next)).startsWith("HTTP/1.1 200");
      }
    }
  }

  @Test
  void aFailedHandshakeIsNoConnectionOfItsAddressOrIdentity() {
    Map<Limit, Long> limits = Map.of(Limit.IDENTITY_CONNECTIONS, 1L, Limit.ADDRESS_CONNECTIONS, 1L);
    try (FeedGateway gateway = byIdentity(limits);
        RawSocket kept = RawSocket.connect(gateway.address)) {
      String ann = "Authorization: Bearer Ann";
      for (String broken :
          List.of("Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13")) {
        assertThat(ask(kept, "/ws", "198.51.100.1", ann, broken)).startsWith("HTTP/1.1 426");
      }
      try (RawSocket webSocket =
          RawSocket.connect(gateway.address)
              .upgradeBy(webSocket("X-Forwarded-For: 198.51.100.1", ann))) {
        assertThat(webSocket.readMessage().get("type").asString()).isEqualTo("welcome");
        assertThat(webSocket.readMessage().get("type").asString()).isEqualTo("subscribed");
      }
      assertThat(gateway.traffic.overLimits).isEmpty();
    }
  }

  /** Its client is let in by its address, and refused by its identity. */
  @Test
  void aRefusedStreamIsNoConnectionOfItsAddress() {
    Map<Limit, Long> limits = Map.of(Limit.IDENTITY_CONNECTIONS, 1L, Limit.ADDRESS_CONNECTIONS, 1L);
    String ann = "Authorization: Bearer Ann";
    try (FeedGateway gateway = byIdentity(limits);
        RawSocket first =
            RawSocket.connect(gateway.address)
                .upgradeBy(webSocket("X-Forwarded-For: 198.51.100.1", ann));
        RawSocket kept = RawSocket.connect(gateway.address)) {
      first.readMessage();
      assertThat(ask(kept, "/events", "198.51.100.2", ann)).startsWith("HTTP/1.1 429");
      try (RawSocket bob =
          RawSocket.connect(gateway.address)
              .upgradeBy(webSocket("X-Forwarded-For: 198.51.100.2", "Authorization: Bearer Bob"))) {
        assertThat(bob.readMessage().get("type").asString()).isEqualTo("welcome");
        assertThat(bob.readMessage().get("type").asString()).isEqualTo("subscribed");
      }
      assertThat(gateway.traffic.overLimits).containsExactly(Limit.IDENTITY_CONNECTIONS);
    }
  }

  @Test
  void theHeadersOfOthersAreIgnored() {
    try (FeedGateway gateway = behind(Proxies.Header.X_FORWARDED_FOR);
        RawSocket _ =
            RawSocket.connectFrom("127.0.0.2", gateway.address)
                .upgradeBy(
                    webSocket("X-Forwarded-For: 198.51.100.1")
                        .replace("orders.example", "localhost"));
        RawSocket second = RawSocket.connectFrom("127.0.0.2", gateway.address)) {
      second.send(
          webSocket("X-Forwarded-For: 198.51.100.2").replace("orders.example", "localhost"));
      assertThat(second.readAnswer()).startsWith("HTTP/1.1 429");
    }
  }

  /** Not by others: a page on another name of this machine could read everything. */
  @Test
  void onlyAProxyMayAskALoopbackServerForAnotherHost() {
    String request = "GET /api/tables HTTP/1.1\r\nHost: orders.example\r\n\r\n";
    try (FeedGateway gateway = behind(Proxies.Header.X_FORWARDED_FOR);
        RawSocket proxy = RawSocket.connect(gateway.address);
        RawSocket other = RawSocket.connectFrom("127.0.0.2", gateway.address)) {
      proxy.send(request);
      assertThat(proxy.readAnswer()).startsWith("HTTP/1.1 200");
      other.send(request);
      assertThat(other.readAnswer()).startsWith("HTTP/1.1 403").contains("host_not_allowed");
    }
  }

  @ParameterizedTest
  @CsvSource({"https, http, 403", "https, https, 200", "http, http, 200"})
  void aPageWithoutTlsIsAnotherOriginIfTheProxySpeaksTls(String protocol, String page, int status) {
    try (FeedGateway gateway = behind(Proxies.Header.X_FORWARDED_FOR);
        RawSocket proxy = RawSocket.connect(gateway.address)) {
      proxy.send(
          "GET /api/tables HTTP/1.1\r\nHost: orders.example\r\nX-Forwarded-Proto: %s\r\nOrigin: %s://orders.example\r\n\r\n"
              .formatted(protocol, page));
      assertThat(proxy.readAnswer()).startsWith("HTTP/1.1 " + status);
    }
  }
}
